/** Minimum passphrase length; shorter ones can be brute-forced. */
export const PASSPHRASE_MIN_CHARS = 12;

/**
 * Maximum file size for a restore in the portal, because an isolate keeps several copies in memory. Larger files are
 * restored by the command.
 */
export const BACKUP_MAX_BYTES = 16 * 1024 * 1024;
