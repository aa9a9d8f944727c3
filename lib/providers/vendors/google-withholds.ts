import type { Withheld } from "../types";

/**
 * What Google's APIs accept as credentials, and what chooses who pays. From cloud.google.com's pages on system
 * parameters (https://cloud.google.com/apis/docs/system-parameters) and on the quota project.
 *
 * `$httpMethod`, `$httpHeaders` and `$req` let a query replace the method, headers or body, which would then pass
 * unchecked.
 */
export const GOOGLE_WITHHOLDS: Withheld = {
  credentials: {
    headers: ["x-goog-api-key", "authorization", "x-goog-iam-authorization-token"],
    query: [
      "key",
      "$key",
      "api_key",
      "access_token",
      "$access_token",
      "oauth_token",
      "bearer_token",
    ],
  },
  accounts: {
    headers: ["x-goog-user-project", "x-goog-quota-user", "x-http-method-override"],
    query: [
      "userproject",
      "$userproject",
      "quotauser",
      "$quotauser",
      "userip",
      "$httpmethod",
      "$httpheaders",
      "$req",
      "x-http-method-override",
    ],
  },
};
