/** Of a backup's passphrase: below this, trying them all is no great work. */
export const PASSPHRASE_MIN_CHARS = 12;

/** Of a file for the portal, of which an isolate holds some copies; a larger one is restored by the command. */
export const BACKUP_MAX_BYTES = 16 * 1024 * 1024;
