// Socket.IO with its Redis adapter, as its documentation has it.
const { Server } = require("socket.io");
const { createClient } = require("redis");
const { createAdapter } = require("@socket.io/redis-adapter");

async function main() {
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const io = new Server({ adapter: createAdapter(publisher, subscriber) });
  io.on("connection", (socket) => {
    socket.on("join", (room) => {
      socket.join(room);
      socket.emit("joined");
    });
    socket.on("say", (message) => io.to(message.room).emit("said", message));
  });
  io.listen(Number(process.env.PORT));
}

main();
