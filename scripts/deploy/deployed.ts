/** Where a deployment is found, without trailing slashes. */
export interface Deployed {
  /** What people use. */
  readonly address: string;
  /** Of the version just deployed, which may answer earlier. */
  readonly newest: string;
}
