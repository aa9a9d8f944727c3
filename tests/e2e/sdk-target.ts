/** Where an SDK is pointed: the only two things a user changes. @module */
export interface SdkTarget {
  readonly baseUrl: string;
  readonly key: string;
}
