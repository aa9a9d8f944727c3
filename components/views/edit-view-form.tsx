"use client";

import { useTranslations } from "next-intl";
import { useState, useTransition } from "react";
import { toast } from "sonner";
import { changeView } from "@/app/(portal)/views/actions";
import { ConflictNotice } from "@/components/conflict/conflict-notice";
import { useCarefulSave } from "@/components/conflict/use-careful-save";
import { FormFailure } from "@/components/form/form-failure";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Label } from "@/components/ui/label";
import type { ViewItem } from "@/lib/manage/views/list-views";
import { useViewFailure } from "./use-view-failure";
import { ViewInputs, type ViewWords } from "./view-fields";

interface ViewFields extends ViewWords {
  readonly query: string;
}

const LABELS = { name: "name", isShared: "share", query: "filters" } as const;

/** Renames a view, shares it or no longer, and replaces what it shows. */
export function EditViewForm({
  view: { id, name, isShared, query, isOwn },
  shown,
  mayShare,
  onSaved,
  onCancel,
}: {
  readonly view: ViewItem;
  /** The parameters of what the page shows. */
  readonly shown: string;
  readonly mayShare: boolean;
  readonly onSaved: () => Promise<void>;
  readonly onCancel: () => void;
}) {
  const t = useTranslations("views");
  const common = useTranslations("common");
  const wordsOf = useViewFailure();
  const read: ViewFields = { name, isShared, query };
  const [fields, setFields] = useState(read);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, startTransition] = useTransition();
  const careful = useCarefulSave<ViewFields, void>(read, ({ changes, was }) =>
    changeView({ id, changes, was }),
  );
  const wanted = { ...fields, name: fields.name.trim() };

  const save = () =>
    startTransition(async () => {
      const saved = await careful.save(wanted);
      if (saved.kind === "open") return;
      setProblem(saved.kind === "refused" ? wordsOf(saved.failure) : null);
      if (saved.kind === "refused") return;
      toast.success(t("saved", { name: wanted.name }));
      await onSaved();
    });

  return (
    <form
      className="grid gap-3 px-2 py-3"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <ViewInputs
        words={fields}
        mayShare={isOwn && mayShare}
        onChange={(change) => setFields({ ...fields, ...change })}
      />
      {shown !== "" && shown !== query && (
        <Label className="font-normal">
          <Checkbox
            checked={fields.query === shown}
            onCheckedChange={(checked) =>
              setFields({ ...fields, query: checked === true ? shown : query })
            }
          />
          {t("replace")}
        </Label>
      )}
      <ConflictNotice
        conflict={careful.conflict}
        labelOf={(field) => t(LABELS[field])}
        textOf={(value, field) =>
          field === "isShared" ? t(value ? "yes" : "no") : String(value ?? "")
        }
        isBusy={isBusy}
        onTheirs={() => setFields({ ...fields, ...careful.settle() })}
        onMine={() => {
          careful.settle();
          save();
        }}
      />
      <FormFailure>{problem}</FormFailure>
      <div className="flex gap-2">
        <Button type="submit" size="sm" disabled={wanted.name === "" || isBusy}>
          {common("save")}
        </Button>
        <Button type="button" size="sm" variant="ghost" onClick={onCancel}>
          {common("cancel")}
        </Button>
      </div>
    </form>
  );
}
