/** Mail addresses as people type them: separated by commas, semicolons or blanks. */
export function splitAddresses(text: string): string[] {
  return text.split(/[\s,;]+/).filter((address) => address !== "");
}
