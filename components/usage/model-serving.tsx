import { getTranslations } from "next-intl/server";
import { Link } from "@/components/link";
import { requestsHref } from "@/components/requests/requests-href";
import type { ModelServing as Serving } from "@/lib/manage/usage/read-model-serving";
import { modelHref } from "./model-href";

const STATES = ["ready", "cooling", "blocked", "disabled"] as const;

/** Which providers, keys and aliases a model has. */
export async function ModelServing({
  model,
  serving: { providers, aliases },
  isOfOne,
}: {
  readonly model: string;
  readonly serving: Serving;
  /** Whether the page is about the model of one provider. */
  readonly isOfOne: boolean;
}) {
  const t = await getTranslations("usage.model");
  return (
    <section aria-labelledby="serving" className="space-y-4 rounded-lg border p-4">
      <h2 id="serving" className="font-medium">
        {t("serving")}
      </h2>
      {providers.length === 0 && <p className="text-muted-foreground text-sm">{t("noProvider")}</p>}
      <ul className="grid gap-4 md:grid-cols-2 xl:grid-cols-3">
        {providers.map(({ provider, label, requests, ...counts }) => (
          <li key={provider} className="space-y-1 text-sm">
            <p className="flex items-baseline justify-between gap-4">
              <Link
                href={
                  isOfOne ? `/keys/${encodeURIComponent(provider)}` : modelHref(model, provider)
                }
                prefetch={false}
                className="font-medium hover:underline"
              >
                {label}
              </Link>
              <Link
                href={requestsHref({ model, provider })}
                prefetch={false}
                className="text-muted-foreground tabular-nums hover:underline"
              >
                {t("requests", { count: requests })}
              </Link>
            </p>
            <ul className="flex flex-wrap gap-x-3 gap-y-1">
              {STATES.filter((state) => state === "ready" || counts[state] > 0).map((state) => (
                <li key={state}>
                  <Link
                    href={`/keys/${encodeURIComponent(provider)}?${new URLSearchParams({ model, status: state })}`}
                    prefetch={false}
                    className="text-muted-foreground tabular-nums hover:underline"
                  >
                    {t(`keys.${state}`, { count: counts[state] })}
                  </Link>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {aliases.length > 0 && (
        <p className="text-sm">
          <span className="text-muted-foreground">{t("aliases")}</span>{" "}
          {aliases.map((name, index) => (
            <span key={name}>
              {index > 0 && ", "}
              <Link
                href="/routes"
                prefetch={false}
                className="font-mono text-[13px] hover:underline"
              >
                {name}
              </Link>
            </span>
          ))}
        </p>
      )}
    </section>
  );
}
