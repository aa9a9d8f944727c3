/**
 * The real nginx and Caddy, with the files of `contrib/`: names, ports, certificates and folders are filled in, nothing
 * else is changed.
 * @module
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../scripts/root.ts";

export const NAME = "keys.example.test";

export interface Certificate {
  /** PEM; self-signed. */
  readonly text: string;
  readonly file: string;
  readonly keyFile: string;
}

export interface RealProxyOptions {
  /** For everything it stores; created if missing. */
  readonly folder: string;
  /** Of the server behind it, on 127.0.0.1. */
  readonly targetPort: number;
  /** Null: it is behind another proxy, on 127.0.0.1, and uses plain HTTP. */
  readonly certificate: Certificate | null;
}

export interface RealProxy {
  readonly port: number;
  close(): Promise<void>;
}

export async function makeCertificate(folder: string): Promise<Certificate> {
  const file = join(folder, "certificate.pem");
  const keyFile = join(folder, "key.pem");
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`];
  const files = ["-keyout", keyFile, "-out", file];
  execFileSync("openssl", ["req", "-x509", "-days", "2", ...key, ...names, ...files], {
    stdio: "ignore",
  });
  return { text: await readFile(file, "utf8"), file, keyFile };
}

export async function startNginx(options: RealProxyOptions): Promise<RealProxy> {
  const { folder, targetPort, certificate } = options;
  const port = await freePort();
  const plainPort = await freePort();
  let site = await contrib("nginx.conf");
  site = changed(site, "server 127.0.0.1:8787;", `server 127.0.0.1:${targetPort};`);
  site = changed(site, /keys\.example\.com/g, NAME);
  site = changed(site, "listen 80;", `listen 127.0.0.1:${plainPort};`);
  if (certificate === null) {
    site = changed(site, "listen 443 ssl http2;", `listen 127.0.0.1:${port};`);
    site = changed(site, /^ +ssl_certificate.*\n/gm, "");
    site = changed(
      site,
      "X-Forwarded-Proto $scheme;",
      "X-Forwarded-Proto $http_x_forwarded_proto;",
    );
  } else {
    site = changed(site, "listen 443 ssl http2;", `listen 127.0.0.1:${port} ssl http2;`);
    site = changed(site, /ssl_certificate \S+;/, `ssl_certificate ${certificate.file};`);
    site = changed(site, /ssl_certificate_key \S+;/, `ssl_certificate_key ${certificate.keyFile};`);
  }
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join("\n");
  await mkdir(folder, { recursive: true });
  const file = join(folder, "nginx.conf");
  await writeFile(
    file,
    `pid ${folder}/pid;\nerror_log stderr warn;\nevents {}\nhttp {\naccess_log off;\n${temporary}\n${site}\n}\n`,
  );
  const args = ["-p", folder, "-c", file, "-g", "daemon off;"];
  return serving(spawn("nginx", args, { stdio: ["ignore", "inherit", "inherit"] }), port);
}

export async function startCaddy(options: RealProxyOptions): Promise<RealProxy> {
  const { folder, targetPort, certificate } = options;
  const port = await freePort();
  let site = await contrib("Caddyfile");
  site = changed(site, "reverse_proxy 127.0.0.1:8787", `reverse_proxy 127.0.0.1:${targetPort}`);
  if (certificate === null) {
    site = changed(site, "keys.example.com {", `http://:${port} {\n\tbind 127.0.0.1`);
    site = changed(site, "# trusted_proxies 10.0.0.7/32", "trusted_proxies 127.0.0.1/32");
  } else {
    const files = `${certificate.file} ${certificate.keyFile}`;
    site = changed(
      site,
      "keys.example.com {",
      `https://${NAME}:${port} {\n\tbind 127.0.0.1\n\ttls ${files}`,
    );
  }
  await mkdir(folder, { recursive: true });
  const file = join(folder, "Caddyfile");
  await writeFile(file, `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  const args = ["run", "--config", file, "--adapter", "caddyfile"];
  return serving(spawn("caddy", args, { stdio: ["ignore", "ignore", "ignore"], env }), port);
}

function contrib(name: string): Promise<string> {
  return readFile(join(root, "contrib", name), "utf8");
}

/** The text to be changed must exist. */
function changed(text: string, from: string | RegExp, to: string): string {
  const result = text.replace(from, () => to);
  if (result === text) throw new Error(`nothing to change: ${from}`);
  return result;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function serving(child: ChildProcess, port: number): Promise<RealProxy> {
  const ended = once(child, "exit");
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  for (let tries = 0; !(await isOpen(port)); tries += 1) {
    if (hasEnded || tries === 200) throw new Error(`${child.spawnfile} does not serve`);
    await sleep(50);
  }
  return {
    port,
    close: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
