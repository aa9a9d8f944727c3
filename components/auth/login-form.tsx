"use client";

import { useTranslations } from "next-intl";
import { type FormEvent, useState, useTransition } from "react";
import { type SignInVerdict, signInWithPassword } from "@/app/(entrance)/login/actions";
import type { ActionFailure } from "@/app/action-result";
import { FormFailure } from "@/components/form/form-failure";
import { Countdown } from "@/components/time/countdown";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";

type Problem = Exclude<SignInVerdict, { kind: "ok" }> | { readonly kind: ActionFailure["code"] };

/** Two fields and the browser's own required check: this page should load at once. */
export function LoginForm({ next }: { readonly next: string }) {
  const t = useTranslations("auth");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isRunning, startTransition] = useTransition();

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    startTransition(async () => {
      const result = await signInWithPassword(fields);
      if (!result.ok) setProblem({ kind: result.code });
      else if (result.data.kind !== "ok") setProblem(result.data);
      // Loaded again, so that nothing fetched for a visitor is shown to a member.
      else window.location.assign(next);
    });
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      <div className="grid gap-2">
        <Label htmlFor="email">{t("fields.email")}</Label>
        <Input id="email" name="email" type="email" autoComplete="username" required autoFocus />
      </div>
      <div className="grid gap-2">
        <Label htmlFor="password">{t("fields.password")}</Label>
        <Input
          id="password"
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={200}
          required
        />
      </div>
      <FormFailure>{problem !== null && <ProblemText problem={problem} />}</FormFailure>
      <Button type="submit" className="w-full" disabled={isRunning}>
        {isRunning ? t("login.running") : t("login.submit")}
      </Button>
    </form>
  );
}

function ProblemText({ problem }: { readonly problem: Problem }) {
  const t = useTranslations("auth");
  if ("untilMs" in problem) {
    return t.rich("login.slowed", { time: () => <Countdown untilMs={problem.untilMs} /> });
  }
  return problem.kind === "wrong" ? t("login.wrong") : t("login.failed");
}
