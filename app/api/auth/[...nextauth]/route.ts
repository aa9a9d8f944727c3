import type { NextRequest } from "next/server";
import { handlers } from "@/lib/auth/auth";
import { publicOrigin } from "@/lib/auth/public-origin";

export const GET = (request: NextRequest) => handlers.GET(asSeen(request));
export const POST = (request: NextRequest) => handlers.POST(asSeen(request));

/**
 * The request with the address that the browser used. Next's own calls every loopback address `localhost`, where the
 * browser has no cookies of 127.0.0.1, and behind a proxy it has the inner host.
 */
function asSeen(request: NextRequest): NextRequest {
  const { pathname, search } = request.nextUrl;
  const { scheme, host } = publicOrigin(request.headers, request.nextUrl);
  const url = `${scheme}://${host ?? request.nextUrl.host}${pathname}${search}`;
  // A NextRequest would call it localhost again; Auth.js reads nothing that is specific to Next's.
  return new Request(url, request) as NextRequest;
}
