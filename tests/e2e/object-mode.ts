/** Where `troubled-object-entry.ts` accepts what should happen to requests to the portal's object. */
export const OBJECT_MODE_PATH = "/test/object-mode";

/** `none`: no object is bound, and the Worker does the portal's work. */
export type ObjectMode =
  | "none"
  | "stopped"
  | "overloaded"
  | "over-requests"
  | "over-duration"
  | "faulty";
