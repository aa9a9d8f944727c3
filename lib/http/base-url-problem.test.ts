import { describe, expect, test } from "vitest";
import { baseUrlProblem } from "./base-url-problem";

describe("an upstream's address", () => {
  test.each([
    "https://api.example.com",
    "https://api.example.com/",
    "https://api.example.com:443/v1",
    "https://api.example.com:8443/openai/v1/",
    "https://8.8.8.8/v1",
    "https://172.32.0.1",
    "https://100.128.0.1",
    "https://[2606:4700:4700::1111]/v1",
    "https://[2001:4860:4860::8888]",
    "https://internal.example.com",
    "https://localhost.example.com",
    "https://svc.example.com",
    "https://consul.example.com",
    "https://v10-0-0-1x.example.com",
    "https://8-8-8-8.example.com",
    "https://api-v1-2-3.example.com",
    "https://deadbeef.example.com",
    "https://168.63.129.17",
  ])("%s may be used", (url) => {
    expect(baseUrlProblem(url, false)).toBeNull();
  });

  test.each([
    ["a loopback address", "https://127.0.0.1"],
    ["another of them", "https://127.255.255.254"],
    ["in short", "https://127.1"],
    ["as one decimal number", "https://2130706433"],
    ["in hexadecimal", "https://0x7f000001"],
    ["in hexadecimal parts", "https://0x7f.0.0.0x1"],
    ["in octal", "https://017700000001"],
    ["in octal parts", "https://0177.0.0.1"],
    ["with a dot at its end", "https://127.0.0.1./"],
    ["percent-encoded", "https://%31%32%37.0.0.1"],
    ["in full-width digits", "https://１２７.０.０.１"],
    ["with full stops of another script", "https://127。0。0。1"],
    ["this host", "https://0.0.0.0"],
    ["this host, in short", "https://0"],
    ["10/8", "https://10.1.2.3"],
    ["172.16/12", "https://172.31.255.255"],
    ["192.168/16", "https://192.168.1.1"],
    ["192.168/16 as a number", "https://3232235777"],
    ["shared address space", "https://100.64.0.1"],
    ["link-local: cloud metadata", "https://169.254.169.254/latest/meta-data"],
    ["cloud metadata as a number", "https://2852039166"],
    ["benchmarking", "https://198.19.0.1"],
    ["documentation", "https://203.0.113.7"],
    ["multicast", "https://224.0.0.1"],
    ["reserved", "https://240.0.0.1"],
    ["broadcast", "https://255.255.255.255"],
    ["IPv6 loopback", "https://[::1]"],
    ["IPv6 loopback in full", "https://[0:0:0:0:0:0:0:1]"],
    ["IPv6 unspecified", "https://[::]"],
    ["IPv4 mapped into IPv6", "https://[::ffff:127.0.0.1]"],
    ["the same in hexadecimal", "https://[::ffff:7f00:1]"],
    ["IPv4-compatible", "https://[::10.0.0.1]"],
    ["NAT64", "https://[64:ff9b::10.0.0.1]"],
    ["6to4", "https://[2002:7f00:1::]"],
    ["Teredo", "https://[2001::1]"],
    ["unique local", "https://[fd12:3456::1]"],
    ["link-local IPv6", "https://[fe80::1]"],
    ["multicast IPv6", "https://[ff02::1]"],
    ["documentation IPv6", "https://[2001:db8::1]"],
    ["newer documentation IPv6", "https://[3fff::1]"],
    ["localhost", "https://localhost"],
    ["localhost with a dot at its end", "https://localhost."],
    ["localhost with two of them", "https://localhost.."],
    ["an inner name with dots at its end", "https://db.internal..."],
    ["localhost in capitals", "https://LOCALHOST"],
    ["below localhost", "https://api.localhost"],
    ["a name without dots", "https://intranet-server"],
    ["mDNS", "https://printer.local"],
    ["internal names", "https://api.internal"],
    ["Google's metadata server", "https://metadata.google.internal"],
    ["the same by its public name", "https://metadata.goog"],
    ["home networks", "https://nas.home.arpa"],
    ["a name that means any address", "https://127.0.0.1.nip.io"],
    ["Azure's channel to its machines", "https://168.63.129.16"],
    ["the same as a number", "https://2822734096"],
    ["the same in octal", "https://0250.077.0201.020"],
    ["the same in hexadecimal, mapped into IPv6", "https://[::ffff:a83f:8110]"],
    ["a service of Kubernetes", "https://llm.default.svc"],
    ["a service of a cluster", "https://llm.default.svc.cluster.local"],
    ["a service of Consul", "https://llm.service.consul"],
    ["a host of Amazon's inside", "https://ip-10-0-0-1.ec2.internal"],
    ["a name in Docker", "https://host.docker.internal"],
    ["a name that means any address, in capitals", "https://APP.10.0.0.1.NIP.IO"],
    ["the same with hyphens", "https://app-10-0-0-1.sslip.io"],
    ["a wildcard of somebody else's", "https://10.0.0.1.wild.example.com"],
    ["the same with hyphens", "https://app-192-168-1-1.wild.example.com"],
    ["the same in hexadecimal", "https://7f000001.wild.example.com"],
    ["the same beside a name", "https://app-a9fea9fe.wild.example.com"],
    ["metadata by a wildcard", "https://169-254-169-254.wild.example.com"],
    ["two addresses, one of them private", "https://8.8.8.8.10.0.0.1.wild.example.com"],
    ["a name made to lead back here", "https://api.lvh.me"],
  ])("%s is rejected: %s", (_what, url) => {
    expect(baseUrlProblem(url, false)).toBe("private_address");
  });

  test.each([
    ["", "not_a_url"],
    ["api.example.com", "not_a_url"],
    ["https://", "not_a_url"],
    ["https://1.2.3.999", "not_a_url"],
    ["http://api.example.com", "not_https"],
    ["ftp://api.example.com", "not_https"],
    ["javascript:alert(1)", "not_https"],
    ["https://user@api.example.com", "has_credentials"],
    ["https://user:secret@api.example.com", "has_credentials"],
    ["https://api.example.com@127.0.0.1", "has_credentials"],
    ["https://api.example.com/v1?key=1", "has_query"],
    ["https://api.example.com/v1?", "has_query"],
    ["https://api.example.com/#/v1", "has_query"],
    ["https://api.example.com:22", "odd_port"],
    ["https://api.example.com:8080", "odd_port"],
    [`https://api.example.com/${"a".repeat(500)}`, "too_long"],
  ])("%s: %s", (url, problem) => {
    expect(baseUrlProblem(url, false)).toBe(problem);
  });

  test.each(["http://127.0.0.1:11434/v1", "http://ollama:11434", "https://[::1]:9999"])(
    "%s may be used where private addresses are allowed",
    (url) => {
      expect(baseUrlProblem(url, true)).toBeNull();
    },
  );

  test.each([
    ["https://user:secret@127.0.0.1", "has_credentials"],
    ["file:///etc/passwd", "not_https"],
    ["http://127.0.0.1/?a", "has_query"],
  ])("%s is rejected even there", (url, problem) => {
    expect(baseUrlProblem(url, true)).toBe(problem);
  });
});
