/** `collapsed` or `open`: how this browser left the sidebar. */
export const SIDEBAR_COOKIE = "sidebar";
