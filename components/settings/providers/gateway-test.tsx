"use client";

import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button";
import { TestResult } from "./test-result";
import { useUpstreamTest } from "./use-upstream-test";

/** Tests whether AI Gateway can be reached and lets requests through. */
export function GatewayTest() {
  const t = useTranslations("settings");
  const { result, isTesting, test } = useUpstreamTest(null);
  return (
    <div className="space-y-3">
      <Button variant="outline" size="sm" disabled={isTesting} onClick={test}>
        {isTesting ? t("test.running") : t("upstream.gateway.test")}
      </Button>
      <div role="status">{result && <TestResult result={result} ofGateway />}</div>
    </div>
  );
}
