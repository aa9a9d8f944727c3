/** The size of the tests' pages, unless they choose another. @module */

export const VIEWPORT = { width: 1440, height: 900 };
