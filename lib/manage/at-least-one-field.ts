export const atLeastOneField = (value: object) =>
  Object.values(value).some((field) => field !== undefined);
