/** The longest retention, in days. */
export const LONGEST_DAYS = {
  requestLogDays: 365,
  hourlyDays: 3_650,
  dailyDays: 3_650,
  keyEventDays: 3_650,
  auditDays: 3_650,
} as const;

/** Maximum for the alert on ready keys. */
export const MOST_READY_KEYS = 10_000;

/** Maximum for the alert on slow responses, in seconds: a Worker waits no longer for the first byte. */
export const SLOWEST_SECONDS = 600;

/** Maximum number of email recipients of alerts. */
export const MOST_RECIPIENTS = 20;

/** Maximum of metering's daily row budget. */
export const MOST_ROWS_A_DAY = 1_000_000_000;
