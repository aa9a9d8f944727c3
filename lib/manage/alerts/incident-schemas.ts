/**
 * Input of the verb that lists incidents, as JSON (see `schemas.ts`).
 * @module
 */
import { z } from "zod";
import { name } from "../schemas";

export const listIncidentsInput = z.strictObject({
  provider: name.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(100)).optional(),
});
export type ListIncidentsInput = z.output<typeof listIncidentsInput>;
