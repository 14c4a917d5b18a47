/* The floor: the calendar of the engine's way, compiled. Prints one line of JSON; see the package. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { DAYS = 365, LENGTH = 30 };
static const double RATE = 0.12 / 365;

static uint64_t state = 1;

static double uniform(void) { /* splitmix64; strictly between 0 and 1 */
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return ((double)((z ^ (z >> 31)) >> 11) + 0.5) / 9007199254740992.0;
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

int main(int count, char **words) {
    long households = count > 1 ? atol(words[1]) : 1000;
    double begun = seconds();
    int32_t *after = malloc(sizeof *after * (size_t)households);
    int32_t arising[DAYS], settling[DAYS];
    double stays = log(1 - 1.0 / LENGTH);
    for (int day = 0; day < DAYS; day++) arising[day] = settling[day] = -1;
    for (int32_t who = 0; who < households; who++) {
        double day = -log(uniform()) / RATE;
        if (day < DAYS) {
            after[who] = arising[(int)day];
            arising[(int)day] = who;
        }
    }
    double ready = seconds();
    long felt = 0, open = 0, open_days = 0;
    for (int day = 0; day < DAYS; day++) {
        for (int32_t who = settling[day], next; who >= 0; who = next) {
            next = after[who];
            open--;
            double later = day + 1 - log(uniform()) / RATE;
            if (later < DAYS) {
                after[who] = arising[(int)later];
                arising[(int)later] = who;
            }
        }
        for (int32_t who = arising[day], next; who >= 0; who = next) {
            next = after[who];
            felt++;
            open++;
            int later = day + 1 + (int)(log(uniform()) / stays);
            if (later < DAYS) {
                after[who] = settling[later];
                settling[later] = who;
            }
        }
        open_days += open;
    }
    double done = seconds();
    printf("{\"households\": %ld, \"compile\": 0, \"setup\": %.9f, \"run\": %.9f, \"felt\": %ld, \"open_days\": %ld}\n",
           households, ready - begun, done - ready, felt, open_days);
    free(after);
    return 0;
}
