import type { UsageSink } from "../../lib/proxy/ports.ts";
import type { RequestEvent } from "../../lib/usage/request-event.ts";

/** Keeps what the proxy recorded, oldest first. */
export class MemoryUsage implements UsageSink {
  readonly events: RequestEvent[] = [];

  add(event: RequestEvent): void {
    this.events.push(event);
  }

  flush(): null {
    return null;
  }
}
