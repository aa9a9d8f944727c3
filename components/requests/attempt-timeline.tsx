import { CircleCheck, CircleX, Flag, LogIn, Radio } from "lucide-react";
import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { formatDuration, UNKNOWN } from "@/components/format";
import { Link } from "@/components/link";
import type { RequestStory } from "@/lib/manage/usage/find-request";
import { ReachedLimit } from "./reached-limit";

type Attempt = RequestStory["attempts"][number];

/** A request from its arrival to its end. Times are relative to the arrival. */
export function AttemptTimeline({ story }: { readonly story: RequestStory }) {
  const t = useTranslations("requests");
  const { attempts, provider, durationMs, outcome, status, errorCode, reachedLimit } = story;
  const { timeToFirstByteMs, timeToFirstTokenMs } = story;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className="mb-4 font-medium">
        {t("story.title")}
      </h2>
      <ol className="relative ml-2 space-y-6 border-l pl-6">
        <Step icon={<LogIn aria-hidden />} atMs={0} title={t("story.arrived")} />
        {attempts.map((attempt, index) => (
          <AttemptStep
            // An attempt has no name but its place.
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
            key={index}
            attempt={attempt}
            number={index + 1}
            provider={attempt.target?.provider ?? provider}
            waitMs={attempt.afterMs - endOf(attempts[index - 1])}
          />
        ))}
        {attempts.length === 0 && (
          <li className="text-muted-foreground text-sm">{t("story.noAttempts")}</li>
        )}
        {timeToFirstByteMs !== null && (
          <Step
            icon={<Radio aria-hidden />}
            atMs={timeToFirstByteMs}
            title={t("story.firstByte")}
          />
        )}
        {timeToFirstTokenMs !== null && (
          <Step
            icon={<CircleCheck aria-hidden />}
            atMs={timeToFirstTokenMs}
            title={t("story.firstOutput")}
          />
        )}
        <Step
          icon={<Flag aria-hidden />}
          atMs={durationMs}
          title={t("story.ended", { outcome: t(`outcomes.${outcome}`), status })}
        >
          {errorCode !== null && <ErrorWords code={errorCode} />}
          {reachedLimit !== null && <ReachedLimit reached={reachedLimit} />}
        </Step>
      </ol>
    </section>
  );
}

/** One Balance's own error: its code, what it means, and where all of them are explained. */
function ErrorWords({ code }: { readonly code: string }) {
  const t = useTranslations("requests");
  const words = useTranslations("help.errors.codes");
  // Codes are data, which the types of the messages can't know.
  const known = code as "pool_exhausted";
  return (
    <>
      <code className="font-mono text-xs">{code}</code>
      {words.has(known) && <p className="mt-1 text-sm">{words(known)}</p>}
      <Link href="/help/errors#codes" className="text-sm underline underline-offset-4">
        {t("story.aboutErrors")}
      </Link>
    </>
  );
}

function AttemptStep({
  attempt,
  number,
  provider,
  waitMs,
}: {
  readonly attempt: Attempt;
  readonly number: number;
  readonly provider: string | null;
  readonly waitMs: number;
}) {
  const t = useTranslations("requests");
  const {
    keyId,
    maskedKey,
    target,
    converted,
    dropped,
    afterMs,
    tookMs,
    status,
    meaning,
    rule,
    words,
  } = attempt;
  const isGood = meaning === "ok";
  return (
    <Step
      icon={
        isGood ? (
          <CircleCheck aria-hidden className="text-ready" />
        ) : (
          <CircleX aria-hidden className="text-blocked" />
        )
      }
      atMs={afterMs}
      title={t("story.attempt", { number, verdict: t(`meanings.${meaning}`) })}
    >
      <dl className="grid grid-cols-[6rem_1fr] gap-x-4 gap-y-1.5 text-sm">
        {target && (
          <Fact name={t("story.target")}>
            <span className="font-mono text-xs break-all">
              {target.model === null ? target.provider : `${target.provider}/${target.model}`}
            </span>
          </Fact>
        )}
        <Fact name={t("key")}>
          {maskedKey === null || provider === null ? (
            <span className="text-muted-foreground">{t("goneKey")}</span>
          ) : (
            <Link
              href={`/keys/${encodeURIComponent(provider)}/${keyId}`}
              className="font-mono text-xs underline underline-offset-4"
            >
              {maskedKey}
            </Link>
          )}
        </Fact>
        <Fact name={t("status")}>{status === 0 ? t("story.noStatus") : status}</Fact>
        <Fact name={t("story.wait")}>{formatDuration(Math.max(0, waitMs))}</Fact>
        <Fact name={t("story.took")}>{formatDuration(tookMs)}</Fact>
        {converted && (
          <Fact name={t("story.converted")}>
            <code className="font-mono text-xs">{converted}</code>
          </Fact>
        )}
        {dropped && (
          <Fact name={t("story.dropped")}>
            <code className="font-mono text-xs break-words">{dropped.join(", ")}</code>
          </Fact>
        )}
        {!isGood && (
          <Fact name={t("story.rule")}>
            <code className="font-mono text-xs">{rule ?? UNKNOWN}</code>
          </Fact>
        )}
      </dl>
      {words !== null && words !== "" && (
        <pre className="bg-muted mt-2 max-h-60 overflow-auto rounded-md p-3 font-mono text-xs break-words whitespace-pre-wrap">
          {words}
        </pre>
      )}
    </Step>
  );
}

function Step({
  icon,
  atMs,
  title,
  children,
}: {
  readonly icon: ReactNode;
  readonly atMs: number;
  readonly title: string;
  readonly children?: ReactNode;
}) {
  return (
    <li className="relative">
      <span className="bg-background absolute top-0.5 -left-[33px] rounded-full [&>svg]:size-4">
        {icon}
      </span>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="font-medium">{title}</p>
        <p className="text-muted-foreground text-xs tabular-nums">+{formatDuration(atMs)}</p>
      </div>
      {children && <div className="mt-2">{children}</div>}
    </li>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0 tabular-nums">{children}</dd>
    </>
  );
}

function endOf(attempt: Attempt | undefined): number {
  return attempt === undefined ? 0 : attempt.afterMs + attempt.tookMs;
}
