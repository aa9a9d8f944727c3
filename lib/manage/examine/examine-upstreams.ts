import type { CheckUpstream } from "../../providers/check-request";
import type { ProviderSummary } from "../keys/summarize-provider-keys";
import type { ManageContext } from "../manage-context";
import { testUpstream, type UpstreamTest } from "../providers/test-upstream";
import { about, type Finding } from "./examination";

/** A Worker can wait for six connections at once, and make fifty calls per request on the free plan. */
const AT_ONCE = 5;
const MAX_PROVIDERS = 30;

/** Calls the gateway, and each provider that has keys, free of charge. */
export async function examineUpstreams(
  context: ManageContext,
  upstream: CheckUpstream,
  pools: readonly ProviderSummary[],
): Promise<Finding[]> {
  const findings = [await gateway(context, upstream)];
  const asked = pools.slice(0, MAX_PROVIDERS);
  for (let at = 0; at < asked.length; at += AT_ONCE) {
    const some = asked.slice(at, at + AT_ONCE).map((pool) => provider(context, upstream, pool));
    findings.push(...(await Promise.all(some)));
  }
  return findings;
}

async function gateway(context: ManageContext, upstream: CheckUpstream): Promise<Finding> {
  const say = about("gateway");
  if (upstream.gatewayUrl === null)
    return say.ok("no AI Gateway: requests go straight to providers");
  const test = await testUpstream(context, { provider: null }, upstream);
  switch (test.outcome) {
    case "unreachable":
      return say.fault("AI Gateway cannot be reached", "check AI_GATEWAY_URL");
    case "gateway_refused":
      return say.fault(
        `AI Gateway rejects requests: ${answerText(test)}`,
        "check AI_GATEWAY_TOKEN, and the account and name of the gateway",
      );
    case "not_found":
      return say.fault(
        `there is no AI Gateway at its address: ${answerText(test)}`,
        "check AI_GATEWAY_URL",
      );
    case "failing":
      return say.warning(
        `AI Gateway is in trouble: ${answerText(test)}`,
        "see cloudflarestatus.com",
      );
    default:
      return say.ok(`AI Gateway answers in ${test.elapsedMs} ms`);
  }
}

async function provider(
  context: ManageContext,
  upstream: CheckUpstream,
  { provider: slug, label }: ProviderSummary,
): Promise<Finding> {
  const say = about("providers");
  let test: UpstreamTest;
  try {
    test = await testUpstream(context, { provider: slug }, upstream);
  } catch {
    // Keys of a custom provider outlive it, and a key may not be decryptable.
    return say.fault(
      `${label} cannot be asked: it is no provider any more, or its key does not open`,
      undefined,
      slug,
    );
  }
  switch (test.outcome) {
    case "unreachable":
      return say.fault(
        `${label} cannot be reached`,
        "check its address and its own status page",
        slug,
      );
    case "not_found":
      return say.fault(
        `${label} has no such API at its address: ${answerText(test)}`,
        "check its address",
        slug,
      );
    case "gateway_refused":
      return say.fault(
        `AI Gateway rejects requests to ${label}: ${answerText(test)}`,
        undefined,
        slug,
      );
    case "region_denied":
      return say.fault(`${label} does not serve this region: ${answerText(test)}`, undefined, slug);
    case "failing":
      return say.warning(
        `${label} is in trouble: ${answerText(test)}`,
        "see its status page",
        slug,
      );
    case "key_refused":
      return say.warning(
        `${label} rejects the key ${test.key}: ${answerText(test)}`,
        "check its keys",
        slug,
      );
    case "no_address":
      return say.ok(`${label} has no address of its own to ask`, undefined, slug);
    default:
      return say.ok(`${label} answers in ${test.elapsedMs} ms`, undefined, slug);
  }
}

function answerText({ status, words }: UpstreamTest): string {
  return [status, words].filter(Boolean).join(" ");
}
