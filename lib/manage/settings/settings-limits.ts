/** The longest that records may be kept, in days. */
export const LONGEST_DAYS = {
  requestLogDays: 365,
  hourlyDays: 3_650,
  dailyDays: 3_650,
  keyEventDays: 3_650,
  auditDays: 3_650,
} as const;

/** Of ready keys that a team wants to have. */
export const MOST_READY_KEYS = 10_000;

/** Of people who get alerts by mail. */
export const MOST_RECIPIENTS = 20;

/** Of rows that metering may write a day. */
export const MOST_ROWS_A_DAY = 1_000_000_000;
