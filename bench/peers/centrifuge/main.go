// centrifuge over Redis: what one publishes to a channel reaches all who subscribe to it.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/centrifugal/centrifuge"
)

func admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		someone := &centrifuge.Credentials{UserID: r.URL.Query().Get("user")}
		next.ServeHTTP(w, r.WithContext(centrifuge.SetCredentials(r.Context(), someone)))
	})
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	node, err := centrifuge.New(centrifuge.DefaultConfig)
	check(err)
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, answer centrifuge.SubscribeCallback) {
			answer(centrifuge.SubscribeReply{}, nil)
		})
		client.OnPublish(func(_ centrifuge.PublishEvent, answer centrifuge.PublishCallback) {
			answer(centrifuge.PublishReply{}, nil)
		})
	})
	shard, err := centrifuge.NewRedisShard(node, centrifuge.RedisShardConfig{Address: os.Getenv("REDIS")})
	check(err)
	broker, err := centrifuge.NewRedisBroker(node, centrifuge.RedisBrokerConfig{
		Shards: []*centrifuge.RedisShard{shard},
	})
	check(err)
	node.SetBroker(broker)
	check(node.Run())
	http.Handle("/connection/websocket", admit(centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{})))
	check(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
