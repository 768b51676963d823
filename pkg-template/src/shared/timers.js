// @ts-check

/** The longest delay of a timer, in milliseconds (24.8 days). A longer one fires at once in every runtime. */
export const MAX_TIMER_MS = 2_147_483_647;
