import type { CheckUpstream } from "../../providers/check-request";
import type { ManageContext } from "../manage-context";
import { CHECKS, type Examination, type Finding } from "./examination";
import { examineCpu, examineSize } from "./examine-allowances";
import { examinePortal } from "./examine-portal";
import { examineStore } from "./examine-store";
import { examineUpstreams } from "./examine-upstreams";
import { examineVariables, type VariablesOf } from "./examine-variables";

export interface Deployment extends VariablesOf {
  /** How to reach the providers; called only if there are any. */
  readonly openUpstream: () => Promise<CheckUpstream>;
}

/** Checks everything a deployment needs, changes nothing, and reveals no secret. */
export async function examineInstance(
  context: ManageContext,
  deployment: Deployment,
): Promise<Examination> {
  const { env, configProblem, openUpstream } = deployment;
  const variables = examineVariables(deployment, context.nowMs());
  const store = await examineStore(context);
  const canAsk =
    configProblem === null &&
    store.findings.every(
      ({ state, check }) => state !== "fault" || (check !== "database" && check !== "migrations"),
    );
  const size = canAsk ? [await examineSize(context)] : [];
  const upstreams: readonly Finding[] = canAsk
    ? await examineUpstreams(context, await openUpstream(), store.pools)
    : [];
  const findings = [
    ...variables,
    examinePortal(env),
    await examineCpu(),
    ...store.findings,
    ...size,
    ...upstreams,
  ].sort((a, b) => CHECKS.indexOf(a.check) - CHECKS.indexOf(b.check));
  return { healthy: findings.every(({ state }) => state !== "fault"), findings };
}
