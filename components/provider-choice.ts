/** A provider that can be chosen. */
export interface ProviderChoice {
  readonly slug: string;
  /** The name people know. */
  readonly label: string;
}
