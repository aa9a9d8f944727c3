/** `collapsed` or `open`: the sidebar's state in this browser. */
export const SIDEBAR_COOKIE = "sidebar";
