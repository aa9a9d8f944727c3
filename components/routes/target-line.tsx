import { Ban, CircleCheck, Clock } from "lucide-react";
import { getFormatter, getTranslations } from "next-intl/server";
import { formatUsd } from "@/components/format";
import { Link } from "@/components/link";
import type { TargetItem } from "@/lib/manage/providers/list-model-aliases";
import { CAPABILITIES } from "@/lib/models/model-alias";

/** A target, and whether it could serve now. */
export async function TargetLine({
  target,
  marker,
}: {
  readonly target: TargetItem;
  /** Its position, or its share of the requests. */
  readonly marker: string;
}) {
  const [t, format] = await Promise.all([getTranslations("routes"), getFormatter()]);
  const { provider, model, label, price, capabilities } = target;
  const lacking = CAPABILITIES.filter((each) => !capabilities.includes(each));
  const needs = lacking.map((each) => t(`target.needs.${each}`));
  const facts = [
    price === null
      ? t("target.noPrice")
      : t("target.price", { input: formatUsd(price.inputUsd), output: formatUsd(price.outputUsd) }),
    ...(needs.length > 0
      ? [t("target.lacks", { names: format.list(needs, { type: "disjunction" }) })]
      : []),
  ];
  return (
    <li className="grid grid-cols-[2rem_minmax(0,1fr)] gap-x-2 @4xl:grid-cols-[2rem_minmax(0,1fr)_11rem]">
      <span className="text-muted-foreground text-right text-xs leading-5 tabular-nums">
        {marker}
      </span>
      <span>
        {label === null ? (
          <span>{provider}</span>
        ) : (
          <Link
            href={`/keys/${provider}`}
            prefetch={false}
            className="underline-offset-4 hover:underline"
          >
            {label}
          </Link>
        )}{" "}
        <span className="font-mono text-[13px] wrap-anywhere">{model}</span>
        <span className="text-muted-foreground block text-xs tabular-nums">
          {facts.join(" · ")}
        </span>
      </span>
      <TargetState target={target} />
    </li>
  );
}

async function TargetState({ target }: { readonly target: TargetItem }) {
  const t = await getTranslations("routes.target");
  const { label, keys, ready, price, fitsPrice } = target;
  const stop =
    (label === null && t("gone")) ||
    (!fitsPrice && t(price === null ? "priceUnknown" : "tooExpensive")) ||
    (keys === 0 && t("noKeys"));
  const [Icon, colour] = stop
    ? ([Ban, "text-blocked"] as const)
    : ready === 0
      ? ([Clock, "text-cooling"] as const)
      : ([CircleCheck, "text-ready"] as const);
  return (
    <span className="col-start-2 flex items-center gap-1.5 self-start text-xs leading-5 tabular-nums @4xl:col-start-3">
      <Icon aria-hidden className={`size-3.5 shrink-0 ${colour}`} />
      {stop || t("ready", { ready, keys })}
    </span>
  );
}
