/* The floor: two pinned threads pass one cache line each way and nothing else. Prints nanoseconds a round trip, one a line,
   sampled singly with the clock's own cost taken off as the TypeScript side does. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static _Alignas(64) _Atomic int there[32];
static _Alignas(64) _Atomic int back[32];
static int rounds, cores[2];

static void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

static double now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void *echo(void *unused) {
  (void)unused;
  pin(cores[1]);
  for (int i = 1; i <= rounds; i++) {
    while (atomic_load_explicit(&there[0], memory_order_acquire) != i);
    atomic_store_explicit(&back[0], i, memory_order_release);
  }
  return NULL;
}

int main(int argc, char **argv) {
  int warm = argc > 1 ? atoi(argv[1]) : 100000, count = argc > 2 ? atoi(argv[2]) : 500000;
  cores[0] = argc > 3 ? atoi(argv[3]) : 0;
  cores[1] = argc > 4 ? atoi(argv[4]) : 1;
  rounds = warm + count;
  double *sample = malloc(sizeof(double) * count), before = 0;
  pthread_t thread;
  pin(cores[0]);
  pthread_create(&thread, NULL, echo, NULL);
  for (int i = 1; i <= rounds; i++) {
    if (i > warm) before = now_ns();
    atomic_store_explicit(&there[0], i, memory_order_release);
    while (atomic_load_explicit(&back[0], memory_order_acquire) != i);
    if (i > warm) sample[i - warm - 1] = now_ns() - before;
  }
  pthread_join(thread, NULL);
  for (int i = 0; i < count; i++) printf("%.0f\n", sample[i]);
  return 0;
}
