import { useState, useTransition } from "react";
import { changeSignIn } from "@/app/(portal)/settings/actions";
import { answered } from "@/components/answered";
import type { ChangeSignInSettingsInput } from "@/lib/manage/settings/sign-in-settings";
import { useFailureToast } from "../use-failure-toast";

/** Saves settings of signing in, and says which field is wrong. */
export function useSignInSave() {
  const showFailure = useFailureToast();
  const [wrong, setWrong] = useState<{ readonly path: string; readonly message: string } | null>(
    null,
  );
  const [wasSaved, setWasSaved] = useState(false);
  const [isSaving, startTransition] = useTransition();

  function save(changes: ChangeSignInSettingsInput, whenSaved: () => void = () => {}) {
    startTransition(async () => {
      const answer = await answered(() => changeSignIn(changes));
      if (answer === null) return;
      const issue = answer.ok ? undefined : answer.issues?.[0];
      setWrong(issue ?? null);
      setWasSaved(answer.ok);
      if (answer.ok) whenSaved();
      else if (issue === undefined) showFailure(answer);
    });
  }

  return {
    save,
    isSaving,
    wasSaved,
    messageOf: (path: string) => (wrong?.path === path ? wrong.message : undefined),
    /** What was said of the last save no longer counts. */
    forget: () => setWasSaved(false),
  };
}
