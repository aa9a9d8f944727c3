/** A provider that an alias can lead to. */
export interface ProviderChoice {
  readonly slug: string;
  /** The name people know it by. */
  readonly label: string;
}
