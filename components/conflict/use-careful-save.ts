"use client";

import { useRef, useState } from "react";
import type { ActionFailure, ActionResult } from "@/app/action-result";
import { answered } from "@/components/answered";
import { type Edit, editOf } from "./edit-of";

/** Two people changed the same fields. */
export interface Conflict<Fields> {
  readonly theirs: Partial<Fields>;
  readonly mine: Partial<Fields>;
}

export type Saved<Data> =
  | { readonly kind: "saved"; readonly data: Data }
  /** Nothing had been changed, so nothing was sent. */
  | { readonly kind: "same" }
  | { readonly kind: "refused"; readonly failure: ActionFailure }
  /** The reader was informed, or is asked to resolve the conflict. */
  | { readonly kind: "open" };

/**
 * Saves what a form changed, and only that, along with what it had read: what someone else changed in the meantime is
 * never silently overwritten.
 * @param read The fields when the form was opened, by their names in the action's input.
 */
export function useCarefulSave<Fields extends object, Data>(
  read: Fields,
  send: (edit: Edit<Fields>) => Promise<ActionResult<Data>>,
) {
  const known = useRef(read);
  const [conflict, setConflict] = useState<Conflict<Fields> | null>(null);

  async function save(wanted: Partial<Fields>): Promise<Saved<Data>> {
    const edit = editOf(known.current, wanted);
    if (edit === null) return { kind: "same" };
    const result = await answered(() => send(edit));
    if (result === null) return { kind: "open" };
    if (result.ok) {
      known.current = { ...known.current, ...wanted };
      setConflict(null);
      return { kind: "saved", data: result.data };
    }
    if (result.theirs === null) return { kind: "refused", failure: result };
    // The names are those of `was`.
    setConflict({ theirs: result.theirs as Partial<Fields>, mine: edit.changes });
    return { kind: "open" };
  }

  return {
    save,
    conflict,
    /** From now on the form knows about their change: the next save replaces it if it differs. */
    settle(): Partial<Fields> {
      const theirs = conflict?.theirs ?? {};
      known.current = { ...known.current, ...theirs };
      setConflict(null);
      return theirs;
    },
    /** The form was filled again. */
    reread(fields: Fields): void {
      known.current = fields;
      setConflict(null);
    },
  };
}
