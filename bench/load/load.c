/* The load client: many WebSocket connections in one thread, cheap next to any server.
 *
 * Owns: opening connections by a script, sending text at a rate, counting what is delivered and how
 * late it is. A delivery is one occurrence of STAMP in a data frame: sixteen digits follow it, the
 * microsecond (CLOCK_MONOTONIC) at which this very process wrote the message.
 * Never: what a server is or what its frames mean; that is in the plan (plan.py writes it).
 *
 * load PLAN    then, on standard input, one command a line, each answered by one line of JSON:
 *   connect WIDTH OWED        open every connection of the plan, WIDTH at a time, and listen until
 *                             OWED deliveries have come (what was missed, after a return)
 *   run RATE SECONDS GRACE EACH   send RATE messages a second in all, then listen until each has
 *                             come EACH times, for GRACE seconds at most
 *   drop                      cut every connection, without a word
 *   quit
 *
 * The plan, a line each, with \r \n \\ escaped:
 *   target HOST PORT          where to connect; of several, one connection after another takes turns
 *   answer HEARD SAID         a frame that is HEARD whole is answered by SAID
 *   connection REQUEST        a connection, opened by this HTTP request
 *   say TEXT | await TEXT     its script: send a frame; wait until one contains the text
 *   sender TEMPLATE           its messages, with {ref}, {cmid} (a UUIDv7) and {stamp} filled in
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define STAMP "#T"
#define STAMP_DIGITS 16
#define READ_BYTES (1 << 18)
#define EVENTS 512
/* Who is not in by then is not let in. */
#define CONNECT_US 120000000
/* A bucket is 1 % wider than the one below it: 1 us to beyond an hour. */
#define BUCKETS 2300
#define BUCKET_RATIO 1.01

typedef struct { char *bytes; size_t size, room; } Buffer;
typedef struct { bool awaits; char *text; } Step;
typedef enum { CLOSED, CONNECTING, UPGRADING, SCRIPTED, LIVE, FAILED } Phase;

typedef struct {
    char *request, *template;
    Step *steps;
    int step_count, step, fd;
    Phase phase;
    Buffer in, out;
    uint64_t ref;
} Connection;

#define MOST_TARGETS 64
static struct sockaddr_in targets[MOST_TARGETS];
static int target_count;
static Connection *connections;
static int connection_count, *senders, sender_count;
static char *heard, *said;
static int poller, live, failed;
static bool command_waits;
static char failure[200];

static uint64_t deliveries, bytes_in, late_deliveries, histogram[BUCKETS];
static uint64_t run_ends, next_sender, sent;
static double ratio_log;

static void die(const char *what) { perror(what); exit(1); }

static uint64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void append(Buffer *buffer, const void *bytes, size_t size) {
    if (buffer->size + size > buffer->room) {
        buffer->room = (buffer->size + size) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        if (!buffer->bytes) die("realloc");
    }
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
}

/* --- plan --------------------------------------------------------------------------------- */

static char *unescaped(const char *text) {
    char *copy = malloc(strlen(text) + 1), *to = copy;
    for (; *text; text++) {
        if (*text != '\\') { *to++ = *text; continue; }
        text++;
        *to++ = *text == 'r' ? '\r' : *text == 'n' ? '\n' : *text;
    }
    *to = 0;
    return copy;
}

static void add_step(bool awaits, const char *text) {
    Connection *last = &connections[connection_count - 1];
    last->steps = realloc(last->steps, (last->step_count + 1) * sizeof *last->steps);
    last->steps[last->step_count++] = (Step){awaits, unescaped(text)};
}

static void add_connection(const char *request) {
    connections = realloc(connections, (connection_count + 1) * sizeof *connections);
    connections[connection_count++] = (Connection){.request = unescaped(request), .fd = -1};
}

static void add_sender(const char *template) {
    connections[connection_count - 1].template = unescaped(template);
    senders = realloc(senders, (sender_count + 1) * sizeof *senders);
    senders[sender_count++] = connection_count - 1;
}

static void read_plan(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die(path);
    char *line = NULL, host[64];
    size_t room = 0;
    int port;
    for (ssize_t size; (size = getline(&line, &room, file)) > 0;) {
        line[strcspn(line, "\n")] = 0;
        char *rest = strchr(line, ' ');
        if (!rest) continue;
        *rest++ = 0;
        if (!strcmp(line, "connection")) add_connection(rest);
        else if (!strcmp(line, "say")) add_step(false, rest);
        else if (!strcmp(line, "await")) add_step(true, rest);
        else if (!strcmp(line, "sender")) add_sender(rest);
        else if (!strcmp(line, "answer")) {
            char *space = strchr(rest, ' ');
            *space = 0;
            heard = strdup(rest);
            said = strdup(space + 1);
        } else if (!strcmp(line, "target") && sscanf(rest, "%63s %d", host, &port) == 2) {
            if (target_count == MOST_TARGETS) { fprintf(stderr, "too many targets\n"); exit(1); }
            struct sockaddr_in *target = &targets[target_count++];
            target->sin_family = AF_INET;
            target->sin_port = htons(port);
            inet_pton(AF_INET, host, &target->sin_addr);
        } else { fprintf(stderr, "a plan has no %s\n", line); exit(1); }
    }
    free(line);
    fclose(file);
}

/* --- writing ------------------------------------------------------------------------------ */

static void watch(Connection *connection, int operation) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    if (connection->phase == CONNECTING || connection->out.size) event.events |= EPOLLOUT;
    epoll_ctl(poller, operation, connection->fd, &event);
}

static void fail(Connection *connection, const char *why) {
    if (connection->fd < 0) return;
    if (connection->phase == LIVE) live--;
    connection->phase = FAILED;
    close(connection->fd);
    connection->fd = -1;
    failed++;
    snprintf(failure, sizeof failure, "%s", why);
}

static void flush(Connection *connection) {
    Buffer *out = &connection->out;
    bool was_waiting = out->size > 0;
    while (out->size) {
        ssize_t written = send(connection->fd, out->bytes, out->size, MSG_NOSIGNAL);
        if (written < 0 && errno == EAGAIN) break;
        if (written < 0) { fail(connection, strerror(errno)); return; }
        memmove(out->bytes, out->bytes + written, out->size - written);
        out->size -= written;
    }
    if (was_waiting) watch(connection, EPOLL_CTL_MOD);
}

/* The mask is zero: a server unmasks in any case, and this client need not mask. */
static void write_frame(Connection *connection, int opcode, const char *payload, size_t size) {
    unsigned char head[14] = {0x80 | opcode};
    size_t head_size = 2;
    if (size < 126) head[1] = 0x80 | size;
    else { head[1] = 0x80 | 126; head[2] = size >> 8; head[3] = size; head_size = 4; }
    append(&connection->out, head, head_size + 4);
    append(&connection->out, payload, size);
}

static void fill_cmid(char *to, uint64_t number) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    uint64_t ms = (uint64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
    static uint64_t salt;
    if (!salt && getrandom(&salt, sizeof salt, 0) < 0) die("getrandom");
    uint64_t low = (salt ^ (number * 0x9E3779B97F4A7C15ull));
    snprintf(to, 37, "%08x-%04x-7%03x-%04x-%012llx", (unsigned)(ms >> 16), (unsigned)(ms & 0xFFFF),
             (unsigned)(number & 0xFFF), (unsigned)(0x8000 | ((low >> 48) & 0x3FFF)),
             (unsigned long long)(low & 0xFFFFFFFFFFFFull));
}

static void send_message(Connection *connection) {
    static char text[65536];
    char value[40];
    size_t size = 0;
    for (const char *from = connection->template; *from;) {
        if (!strncmp(from, "{ref}", 5)) {
            snprintf(value, sizeof value, "%llu", (unsigned long long)(1000 + connection->ref++));
            from += 5;
        } else if (!strncmp(from, "{cmid}", 6)) {
            fill_cmid(value, sent);
            from += 6;
        } else if (!strncmp(from, "{stamp}", 7)) {
            snprintf(value, sizeof value, STAMP "%016llu", (unsigned long long)now_us());
            from += 7;
        } else { text[size++] = *from++; continue; }
        memcpy(text + size, value, strlen(value));
        size += strlen(value);
    }
    bool was_empty = !connection->out.size;
    write_frame(connection, 1, text, size);
    if (was_empty) flush(connection);
    sent++;
}

/* --- reading ------------------------------------------------------------------------------ */

static void count_delivery(const char *digits) {
    uint64_t stamp = 0;
    for (int i = 0; i < STAMP_DIGITS; i++) stamp = stamp * 10 + (digits[i] - '0');
    uint64_t now = now_us(), late = now > stamp ? now - stamp : 0;
    int bucket = late ? (int)(log((double)late) / ratio_log) + 1 : 0;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    deliveries++;
    if (run_ends && now > run_ends) late_deliveries++;
}

static void advance(Connection *connection) {
    while (connection->step < connection->step_count) {
        Step *step = &connection->steps[connection->step];
        if (step->awaits) return;
        write_frame(connection, 1, step->text, strlen(step->text));
        connection->step++;
    }
    connection->phase = LIVE;
    live++;
}

static void count_deliveries(const char *payload, const char *end) {
    while ((payload = memmem(payload, end - payload, STAMP, 2)) && end - payload >= 18) {
        count_delivery(payload + 2);
        payload += 2 + STAMP_DIGITS;
    }
}

static void take_frame(Connection *connection, int opcode, const char *payload, size_t size) {
    if (opcode == 9) { write_frame(connection, 10, payload, size); flush(connection); return; }
    if (opcode == 8) {
        char why[130];
        snprintf(why, sizeof why, "closed: %.*s", size > 2 ? (int)size - 2 : 0, payload + 2);
        fail(connection, why);
        return;
    }
    if (heard && size == strlen(heard) && !memcmp(payload, heard, size)) {
        write_frame(connection, 1, said, strlen(said));
        flush(connection);
        return;
    }
    if (connection->phase == SCRIPTED) {
        count_deliveries(payload, payload + size);
        Step *step = &connection->steps[connection->step];
        if (memmem(payload, size, step->text, strlen(step->text))) {
            connection->step++;
            advance(connection);
            flush(connection);
        }
        return;
    }
    count_deliveries(payload, payload + size);
}

/* Returns how many bytes were taken: whole frames alone. */
static size_t take(Connection *connection, const unsigned char *bytes, size_t size) {
    size_t taken = 0;
    while (size - taken >= 2 && connection->fd >= 0) {
        const unsigned char *frame = bytes + taken;
        size_t head = 2, length = frame[1] & 0x7F;
        if (length == 126) {
            if (size - taken < 4) break;
            length = frame[2] << 8 | frame[3];
            head = 4;
        } else if (length == 127) {
            if (size - taken < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | frame[i];
            head = 10;
        }
        if (size - taken < head + length) break;
        take_frame(connection, frame[0] & 0x0F, (const char *)frame + head, length);
        taken += head + length;
    }
    return taken;
}

static size_t take_upgrade(Connection *connection, const char *bytes, size_t size) {
    const char *end = memmem(bytes, size, "\r\n\r\n", 4);
    if (!end) return 0;
    if (size < 12 || memcmp(bytes + 9, "101", 3)) { fail(connection, "no upgrade"); return size; }
    connection->phase = SCRIPTED;
    advance(connection);
    flush(connection);
    return end + 4 - bytes;
}

static size_t take_any(Connection *connection, const char *bytes, size_t size) {
    size_t taken = 0;
    if (connection->phase == UPGRADING) taken = take_upgrade(connection, bytes, size);
    if (connection->phase == SCRIPTED || connection->phase == LIVE)
        taken += take(connection, (const unsigned char *)bytes + taken, size - taken);
    return taken;
}

static void receive(Connection *connection) {
    static char chunk[READ_BYTES];
    ssize_t size = recv(connection->fd, chunk, sizeof chunk, 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) { fail(connection, size ? strerror(errno) : "cut off"); return; }
    bytes_in += size;
    Buffer *in = &connection->in;
    if (!in->size) {
        size_t taken = take_any(connection, chunk, size);
        if (connection->fd >= 0 && taken < (size_t)size) append(in, chunk + taken, size - taken);
        return;
    }
    append(in, chunk, size);
    size_t taken = take_any(connection, in->bytes, in->size);
    if (connection->fd < 0) { in->size = 0; return; }
    memmove(in->bytes, in->bytes + taken, in->size - taken);
    in->size -= taken;
}

static void serve(int timeout_ms) {
    struct epoll_event events[EVENTS];
    int count = epoll_wait(poller, events, EVENTS, timeout_ms);
    for (int i = 0; i < count; i++) {
        Connection *connection = events[i].data.ptr;
        if (!connection) { command_waits = true; continue; }
        if (connection->fd < 0) continue;
        if (events[i].events & EPOLLOUT) {
            if (connection->phase == CONNECTING) {
                connection->phase = UPGRADING;
                append(&connection->out, connection->request, strlen(connection->request));
            }
            flush(connection);
        }
        if (connection->fd >= 0 && events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
            receive(connection);
    }
}

/* --- commands ----------------------------------------------------------------------------- */

static void open_connection(Connection *connection) {
    connection->in.size = connection->out.size = 0;
    connection->step = 0;
    connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (connection->fd < 0) die("socket");
    int one = 1;
    setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection->phase = CONNECTING;
    struct sockaddr_in *target = &targets[(connection - connections) % target_count];
    if (connect(connection->fd, (struct sockaddr *)target, sizeof *target) && errno != EINPROGRESS)
        die("connect");
    watch(connection, EPOLL_CTL_ADD);
}

static void forget_deliveries(void) {
    deliveries = bytes_in = late_deliveries = sent = 0;
    memset(histogram, 0, sizeof histogram);
}

static void connect_all(int width, uint64_t owed) {
    uint64_t began = now_us(), in_at = 0;
    int opened = 0;
    live = failed = 0;
    forget_deliveries();
    while ((!in_at || deliveries < owed) && now_us() - began < CONNECT_US) {
        while (opened < connection_count && opened - live - failed < width)
            open_connection(&connections[opened++]);
        serve(100);
        if (!in_at && live + failed >= connection_count) in_at = now_us();
    }
    uint64_t ended = now_us();
    printf("{\"connected\": %d, \"failed\": %d, \"failure\": \"%s\", \"seconds\": %.3f, "
           "\"deliveries\": %llu, \"delivered_seconds\": %.3f}\n",
           live, failed, failure, ((in_at ? in_at : ended) - began) / 1e6,
           (unsigned long long)deliveries, (ended - began) / 1e6);
}

static double percentile(double share) {
    uint64_t reach = (uint64_t)ceil(deliveries * share), seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
        seen += histogram[i];
        if (seen && seen >= reach) return pow(BUCKET_RATIO, i) / 1000;
    }
    return 0;
}

static void run(double rate, double seconds, double grace, double each) {
    forget_deliveries();
    uint64_t began = now_us(), until = began + (uint64_t)(seconds * 1e6);
    struct rusage before, after;
    getrusage(RUSAGE_SELF, &before);
    run_ends = until;
    for (uint64_t now; (now = now_us()) < until + (uint64_t)(grace * 1e6);) {
        uint64_t due = now < until ? (uint64_t)((now - began) / 1e6 * rate) : sent;
        while (sender_count && sent < due) {
            Connection *sender = &connections[senders[next_sender++ % sender_count]];
            if (sender->phase == LIVE) send_message(sender);
            else sent++;
        }
        serve(1);
        if (each > 0 && now_us() >= until && deliveries >= sent * each) break;
    }
    getrusage(RUSAGE_SELF, &after);
    double cpu = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
                 (after.ru_utime.tv_usec - before.ru_utime.tv_usec) / 1e6 +
                 (after.ru_stime.tv_sec - before.ru_stime.tv_sec) +
                 (after.ru_stime.tv_usec - before.ru_stime.tv_usec) / 1e6;
    printf("{\"sent\": %llu, \"deliveries\": %llu, \"late\": %llu, \"bytes\": %llu, \"live\": %d, "
           "\"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, "
           "\"cpu_seconds\": %.3f}\n",
           (unsigned long long)sent, (unsigned long long)deliveries,
           (unsigned long long)late_deliveries, (unsigned long long)bytes_in, live,
           percentile(.5), percentile(.9), percentile(.99), percentile(1), cpu);
    run_ends = 0;
}

static void drop_all(void) {
    for (int i = 0; i < connection_count; i++) {
        if (connections[i].fd >= 0) close(connections[i].fd);
        connections[i].fd = -1;
        connections[i].phase = CLOSED;
    }
    live = 0;
    printf("{\"dropped\": %d}\n", connection_count);
}

int main(int argc, char **argv) {
    if (argc != 2) { fprintf(stderr, "load PLAN\n"); return 1; }
    ratio_log = log(BUCKET_RATIO);
    read_plan(argv[1]);
    poller = epoll_create1(0);
    struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    setvbuf(stdin, NULL, _IONBF, 0);
    char line[200];
    int width;
    double rate, seconds, grace, each;
    unsigned long long owed;
    for (;;) {
        for (command_waits = false; !command_waits;) serve(1000);
        if (!fgets(line, sizeof line, stdin)) break;
        if (sscanf(line, "connect %d %llu", &width, &owed) == 2) connect_all(width, owed);
        else if (sscanf(line, "run %lf %lf %lf %lf", &rate, &seconds, &grace, &each) == 4)
            run(rate, seconds, grace, each);
        else if (!strncmp(line, "drop", 4)) drop_all();
        else break;
        fflush(stdout);
    }
    return 0;
}
