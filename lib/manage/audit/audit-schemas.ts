/**
 * Input of the verbs that read the audit log: the query of a URL.
 * @module
 */
import { z } from "zod";

const text = z.string().trim().min(1).max(200);
const timeMs = z.coerce.number().pipe(z.int().min(0));

export const auditFilterInput = z.object({
  q: text.optional(),
  actor: text.optional(),
  action: text.optional(),
  subjectKind: text.optional(),
  subjectId: text.optional(),
  fromMs: timeMs.optional(),
  /** Not included. */
  toMs: timeMs.optional(),
});
export type AuditFilterInput = z.output<typeof auditFilterInput>;

export const listAuditInput = auditFilterInput.extend({
  cursor: text.optional(),
  limit: z.coerce.number().pipe(z.int().min(1).max(500)).default(50),
});
export type ListAuditInput = z.output<typeof listAuditInput>;
