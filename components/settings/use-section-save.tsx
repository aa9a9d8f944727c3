"use client";

import { type ReactNode, useState } from "react";
import type { FieldValues, Path, PathValue, UseFormReturn } from "react-hook-form";
import { changeSettings } from "@/app/(portal)/settings/actions";
import type { ActionResult } from "@/app/action-result";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { type Saved, useCarefulSave } from "@/components/conflict/use-careful-save";
import type { ChangeSettingsInput, Settings } from "@/lib/manage/settings/settings-schema";
import { useFailureToast } from "./use-failure-toast";

/**
 * Saves the form of a section of the settings. The form's fields have the names of the section's.
 * @param read The form's fields of the section when it was opened.
 */
export function useSectionSave<Fields extends object, Form extends FieldValues>({
  section,
  read,
  form,
  pick,
  toForm,
  labelOf,
  textOf,
  merge = () => null,
}: {
  readonly section: ChangeSettingsInput["section"];
  readonly read: Fields;
  readonly form: UseFormReturn<Form>;
  /** The same fields from all settings. */
  readonly pick: (settings: Settings) => Fields;
  readonly toForm: (fields: Fields) => Form;
  readonly labelOf: (name: keyof Fields & string) => string;
  readonly textOf?: (value: unknown, name: keyof Fields & string) => string | null;
  /** Merges both changes, if neither loses anything. */
  readonly merge?: (
    read: Fields,
    theirs: Partial<Fields>,
    mine: Partial<Fields>,
  ) => Partial<Fields> | null;
}): {
  readonly save: (wanted: Partial<Fields>) => Promise<void>;
  readonly wasSaved: boolean;
  /** To be shown in the form. */
  readonly notice: ReactNode;
} {
  const showFailure = useFailureToast();
  const [wasSaved, setWasSaved] = useState(false);
  const [wanted, setWanted] = useState<Partial<Fields>>({});
  const [known, setKnown] = useState(read);
  const [isBusy, setIsBusy] = useState(false);

  const careful = useCarefulSave(read, async (edit): Promise<ActionResult<Settings>> => {
    // The section's own fields, as validated by the server.
    const call = (change: Partial<Fields>, was: Partial<Fields>) =>
      changeSettings({ change: { section, changes: change }, was });
    const result = await call(edit.changes, edit.was);
    if (result.ok || result.theirs === null) return result;
    const theirs = result.theirs as Partial<Fields>;
    const merged = merge(known, theirs, edit.changes);
    return merged === null ? result : call(merged, theirs);
  });

  async function save(next: Partial<Fields>): Promise<void> {
    setWanted(next);
    setIsBusy(true);
    const saved: Saved<Settings> = await careful.save(next);
    setIsBusy(false);
    if (saved.kind === "refused") showFailure(saved.failure);
    if (saved.kind === "saved") {
      const fields = pick(saved.data);
      careful.reread(fields);
      setKnown(fields);
      form.reset(toForm(fields));
    }
    setWasSaved(saved.kind === "saved" || saved.kind === "same");
  }

  function takeTheirs(): void {
    const fields = { ...known, ...careful.settle() };
    setKnown(fields);
    const values = toForm(fields);
    for (const name of Object.keys(careful.conflict?.theirs ?? {})) {
      // Fields of the form have the names of the section's.
      const path = name as Path<Form>;
      form.resetField(path, { defaultValue: values[path] as PathValue<Form, Path<Form>> });
    }
  }

  return {
    save,
    wasSaved,
    notice: (
      <ConflictNotice
        conflict={careful.conflict}
        labelOf={labelOf}
        {...(textOf !== undefined && { textOf })}
        isBusy={isBusy}
        onTheirs={takeTheirs}
        onMine={() => {
          careful.settle();
          void save(wanted);
        }}
      />
    ),
  };
}
