// ws with node-redis: what one says in a room is published, and each server sends it to its own.
const { WebSocketServer } = require("ws");
const { createClient } = require("redis");

async function main() {
  const publisher = createClient({ url: process.env.REDIS_URL });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const rooms = new Map();

  async function join(socket, room) {
    if (!rooms.has(room)) {
      const members = new Set();
      rooms.set(room, members);
      await subscriber.subscribe(room, (message) => {
        for (const member of members) member.send(message);
      });
    }
    rooms.get(room).add(socket);
    socket.on("close", () => rooms.get(room).delete(socket));
    socket.send("joined");
  }

  const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.env.PORT) });
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const message = JSON.parse(data);
      if (message.join) join(socket, message.join);
      else publisher.publish(message.room, JSON.stringify(message));
    });
  });
}

main();
