export const GROUP_ROLES = ["member", "admin"] as const;
