import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { WebSocket, WebSocketServer } from 'ws';
import { GOOD_CHAIN, type KvmPlan } from '../../wire/emulator.ts';
import { PIKVM_PASSWORD, PIKVM_USER } from '../../wire/pikvm.ts';
import type { SharedBrowser } from './browser.ts';
import { findChromium } from './chromium.ts';
import { type Kvm, startKvm } from './kvm.ts';

export const SIZE = { width: 640, height: 360 };
export const OWNER = { user: 'admin', password: 'Rack 7: %' };

/** Why there is no browser to test with; false where there is. Where CI is set, there must be one. */
export function noBrowser(): string | false {
  try {
    findChromium();
    return false;
  } catch (error) {
    if (process.env.CI) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * What stands in for a recorder: black, white and grey (128) fields of 160 px, lines of 1 px in black and white, stripes
 * of 1 px in red and blue, a field for text, and a spot whose colour changes on demand. Tells what it hears.
 */
const PAGE = `<!doctype html><style>
*{margin:0;padding:0}body{background:#fff;overflow:hidden}i{position:absolute;top:0;height:160px;width:160px}
textarea{position:absolute;left:0;top:200px;width:320px;height:120px}
#spot{left:480px;top:200px;height:100px;width:100px;background:#0a0}</style>
<i style="left:0;background:#000"></i><i style="left:160px;background:#fff"></i><i style="left:320px;background:#808080"></i>
<i style="left:480px;width:80px;background:repeating-linear-gradient(90deg,#000 0 1px,#fff 1px 2px)"></i>
<i style="left:560px;width:80px;background:repeating-linear-gradient(90deg,#f00 0 1px,#00f 1px 2px)"></i>
<i id="spot"></i><textarea spellcheck="false"></textarea><script>
const line=new WebSocket('ws://'+location.host);
const say=(event)=>line.send(JSON.stringify(event));
const spot=document.getElementById('spot');
line.onmessage=({data})=>{const [colour,flickers]=data.split('*');let left=Number(flickers??0);const step=()=>{
spot.style.background=left>0?'hsl('+left*36+' 80% 40%)':colour;if(left-->0)requestAnimationFrame(step)};step()};
for(const type of ['keydown','keyup'])addEventListener(type,(e)=>{if(e.key==='Tab')e.preventDefault();
say({type,key:e.key,code:e.code,shift:e.shiftKey,ctrl:e.ctrlKey,location:e.location,repeat:e.repeat})});
for(const type of ['mousedown','mouseup','mousemove','click','contextmenu'])addEventListener(type,(e)=>{
if(type==='contextmenu')e.preventDefault();say({type,x:e.clientX,y:e.clientY,button:e.button,buttons:e.buttons})});
addEventListener('input',(e)=>say({type:'input',value:e.target.value}));
</script>`;

/** Something that the page heard. */
export type Heard = Readonly<Record<string, unknown>> & { readonly type: string };

export interface TestKvm extends AsyncDisposable {
  readonly kvm: Kvm;
  readonly heard: Heard[];
  /** The power of what stands in for the recorder. */
  readonly mains: { powered: boolean; on(): void; off(): void };
  /** Colours the spot; `red*9`: after nine pictures in other colours. */
  paint(colour: string): void;
  /** Resolves with the first thing heard that is as asked for, of those from `from` on. */
  until(matches: (heard: Heard) => boolean, from?: number): Promise<Heard>;
  ask(route: string, more?: Asking): Promise<Response>;
  snapshot(query?: string): Promise<Picture>;
  /** Opens a viewer; resolves when it is greeted. */
  view(query?: string): Promise<WebSocket>;
}

interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams | FormData;
}

export interface Picture {
  readonly status: number;
  readonly headers: Headers;
  readonly jpeg: Buffer;
  readonly width: number;
  readonly height: number;
  readonly chroma: string | undefined;
  /** Mean of each of R, G and B, their standard deviations, least and greatest, in an area. */
  area(left: number, top: number, width: number, height: number): Promise<Stats>;
}
export interface Stats {
  readonly mean: readonly number[];
  readonly sigma: readonly number[];
  readonly min: number;
  readonly max: number;
}

/** What a KVM is asked with. */
export const CREDENTIALS = { [PIKVM_USER]: OWNER.user, [PIKVM_PASSWORD]: OWNER.password };

/** The answer to a request for a snapshot, decoded. */
export async function pictureOf(response: Response): Promise<Picture> {
  const jpeg = Buffer.from(await response.arrayBuffer());
  const { width = 0, height = 0, chromaSubsampling } = await sharp(jpeg).metadata();
  return {
    status: response.status,
    headers: response.headers,
    jpeg,
    width,
    height,
    chroma: chromaSubsampling,
    async area(left, top, width, height) {
      const cut = await sharp(jpeg).extract({ left, top, width, height }).png().toBuffer();
      const { channels } = await sharp(cut).stats();
      return {
        mean: channels.map(({ mean }) => mean),
        sigma: channels.map(({ stdev }) => stdev),
        min: Math.min(...channels.map(({ min }) => min)),
        max: Math.max(...channels.map(({ max }) => max)),
      };
    },
  };
}

/** A KVM before a page that tells what it hears; both are awake unless `plan` says otherwise. */
export async function testKvm(browser: SharedBrowser, plan: Partial<KvmPlan> = {}): Promise<TestKvm> {
  await using stack = new AsyncDisposableStack();
  const heard: Heard[] = [];
  const listeners = new Set<() => void>();
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
  });
  const lines = new WebSocketServer({ server });
  lines.on('connection', (line) => {
    line.on('message', (data) => {
      heard.push(JSON.parse(String(data)) as Heard);
      for (const listener of listeners) listener();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stack.defer(
    () =>
      new Promise<void>((resolve) => {
        for (const line of lines.clients) line.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const mains = {
    powered: true,
    on: () => {
      mains.powered = true;
    },
    off: () => {
      mains.powered = false;
    },
  };
  const kvm = stack.use(
    await startKvm({
      plan: { ...OWNER, chain: { ...GOOD_CHAIN, quality: 95 }, streamer: 'forever', ...plan },
      browser,
      displayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      size: SIZE,
      mains,
      hasSignal: () => mains.powered,
      host: '127.0.0.1',
      random: Math.random,
    }),
  );
  const ask: TestKvm['ask'] = (route, { headers = CREDENTIALS, body } = {}) => {
    const [method = '', path = ''] = route.split(' ');
    return fetch(kvm.url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  };
  const closing = stack.move();
  return {
    kvm,
    heard,
    mains,
    ask,
    paint: (colour) => {
      for (const line of lines.clients) line.send(colour);
    },
    until: (matches, from = 0) =>
      new Promise((resolve) => {
        const look = () => {
          const found = heard.slice(from).find(matches);
          if (found === undefined) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
      }),
    snapshot: async (query = '') => pictureOf(await ask(`GET /api/streamer/snapshot${query}`)),
    view: (query = '') =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`${kvm.url.replace('http', 'ws')}/api/ws${query}`, {
          headers: CREDENTIALS,
        });
        socket.once('error', reject);
        socket.once('message', () => resolve(socket));
      }),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
