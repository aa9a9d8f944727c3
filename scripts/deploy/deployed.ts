/** A deployment's addresses, without trailing slashes. */
export interface Deployed {
  /** What people use. */
  readonly address: string;
  /** Of the version just deployed, which may respond earlier. */
  readonly newest: string;
}
