/* A wall clock that a test can move, for one process: loaded with LD_PRELOAD.

   The file named by CHAOS_CLOCK holds a count of seconds, 8 bytes, which is added to every reading
   of the wall clock. It is mapped, so that a change is seen at once. The monotonic clock is left
   as it is: that one never jumps. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int64_t *offset;
static int (*real_clock_gettime)(clockid_t, struct timespec *);
static int (*real_gettimeofday)(struct timeval *, void *);

__attribute__((constructor)) static void open_clock(void) {
  const char *path = getenv("CHAOS_CLOCK");
  real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
  real_gettimeofday = dlsym(RTLD_NEXT, "gettimeofday");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0)
    return;
  void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
  close(file);
  if (page != MAP_FAILED)
    offset = page;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  if (!real_clock_gettime)
    open_clock();
  int outcome = real_clock_gettime(clock, now);
  if (outcome == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
    now->tv_sec += *offset;
  return outcome;
}

int gettimeofday(struct timeval *now, void *zone) {
  if (!real_gettimeofday)
    open_clock();
  int outcome = real_gettimeofday(now, zone);
  if (outcome == 0 && offset)
    now->tv_sec += *offset;
  return outcome;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result)
    *result = now.tv_sec;
  return now.tv_sec;
}
