/**
 * The validation of the settings' forms, loaded when a form is first validated: zod is a considerable part of a page.
 * Only browsers validate, so the server is built without it.
 */
export async function loadResolvers(): Promise<typeof import("./settings-resolvers")> {
  if (typeof window === "undefined") throw new Error("forms are validated in the browser");
  return import("./settings-resolvers");
}
