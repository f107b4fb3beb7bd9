// main/engine/dataset/fingerprint.ts
import { z } from "zod";

// shared/failure.ts
var table = {
  "file-missing": ["{path} is no longer there.", "Put it back, or choose another."],
  "file-unreadable": ["{path} cannot be read: {reason}.", "Check the file and its permissions."],
  "folder-empty": ["No photos were found in {path}.", "Choose a folder with JPEG, PNG or WebP photos."],
  "dataset-too-small": ["{classes} class(es) with photos; at least 2 are needed.", "Add another class of photos."],
  "class-too-small": ['"{name}" has {count} photo(s) for training.', "Add photos to it, or leave it out."],
  "class-exists": ['There is already a class called "{name}".', "Choose another name."],
  "project-missing": ["The project {id} is not on this computer.", "Open another project."],
  "nothing-granted": ["{path} was not chosen or dropped by you.", "Drop it on the window, or choose it."],
  "weights-unsafe": ["{path} asks to run {name}, so it was not opened.", "Use weights from a source you trust, best as safetensors."],
  "weights-format": ["{path} is not a weights file that can be read: {reason}.", "Use safetensors, or a PyTorch .pth file."],
  "weights-truncated": ["{path} is cut short: {reason}.", "Download it again."],
  "weights-architecture": ["The tensors in {path} are of no ResNet that is known: {reason}.", "Use weights of a ResNet 18 to 152, its v2, or the CIFAR family."],
  "weights-mismatch": ["{tensor} has shape {found}, but {architecture} needs {expected}.", "Choose the architecture that the weights were made for."],
  "weights-missing": ['The weights "{name}" are not on this computer.', "Download them, or choose a file."],
  "download-offline": ["{host} could not be reached.", "Connect to the internet and try again; what is there is kept."],
  "download-status": ["{host} answered {status}.", "Try again later."],
  "download-truncated": ["The download stopped at {received} of {expected} bytes.", "Try again; it goes on where it stopped."],
  "download-hash": ["What {host} sent is not the published file (its SHA-256 differs).", "Try again, or download it by hand."],
  "disk-full": ["The disk is full, {path} could not be written.", "Free some space and try again."],
  "not-writable": ["{path} cannot be written: {reason}.", "Choose another folder."],
  "engine-missing": ["The computing library could not be loaded: {reason}.", "Run npm run setup, then try again."],
  "engine-stopped": ["The engine stopped unexpectedly and was started again.", "Finished epochs are kept; try again."],
  "run-active": ["A training is already going on.", "Wait for it, or stop it."],
  "run-missing": ["There is no run {run}.", "Train a model first."],
  "run-diverged": ["The loss became {loss} in epoch {epoch}.", "Use a lower learning rate."],
  "run-stopped": ["Stopped.", "Continue with --resume."],
  "cancelled": ["Stopped.", ""],
  "bad-input": ["{reason}", "Correct it and try again."],
  "export-differs": ["The reloaded {format} model differs by {difference}.", "Please report this; the file was not kept."]
};
var failureCodes = Object.keys(table);
var Failure = class extends Error {
  code;
  details;
  constructor(code, details = {}) {
    super(describeFailure(code, details).message);
    this.name = "Failure";
    this.code = code;
    this.details = details;
  }
};
function describeFailure(code, details) {
  const [message, hint] = table[code];
  return { message: fill(message, details), hint: fill(hint, details) };
}
var fill = (text, details) => text.replace(/\{(\w+)\}/g, (whole, key) => String(details[key] ?? whole));

// main/engine/dataset/decode.ts
import { readFile, stat } from "node:fs/promises";
import sharp from "sharp";
sharp.cache(false);
sharp.concurrency(1);
var mostPixels = 16383 * 16383;
var formats = /* @__PURE__ */ new Set(["jpeg", "png", "webp", "gif", "tiff", "heif", "avif"]);
var white = { r: 255, g: 255, b: 255 };
var decodeSquare = (path, square) => explained(path, async () => squareOf(await fileBytes(path), square));
async function inspectPicture(path) {
  try {
    const bytes = await fileBytes(path);
    const { width, height } = await sizeOf(bytes);
    await opened(bytes).resize(32, 32, { fit: "inside" }).raw().toBuffer();
    return { width, height, problem: null };
  } catch (error) {
    return { problem: reasonOf(error) };
  }
}
var decodeGrey = (path, width, height) => explained(path, async () => {
  const bytes = await fileBytes(path);
  await sizeOf(bytes);
  return upright(bytes).resize(width, height, { fit: "fill", kernel: "linear" }).greyscale().raw().toBuffer();
});
var Unusable = class extends Error {
};
var opened = (bytes) => sharp(bytes, { failOn: "truncated", limitInputPixels: mostPixels });
var upright = (bytes) => opened(bytes).autoOrient().flatten({ background: white }).toColourspace("srgb");
async function fileBytes(path) {
  const { size } = await stat(path);
  if (size === 0) throw new Unusable("is empty");
  return readFile(path);
}
async function sizeOf(bytes) {
  if (bytes.length === 0) throw new Unusable("is empty");
  const header = await sharp(bytes, { limitInputPixels: false, failOn: "none" }).metadata();
  if (!formats.has(header.format)) throw new Unusable("is not a picture");
  const { width, height } = header.autoOrient;
  if (width * height > mostPixels)
    throw new Unusable(`is ${width} x ${height}, larger than ${Math.floor(mostPixels / 1e6)} megapixels`);
  return { width, height };
}
async function squareOf(bytes, { resize, crop }) {
  const { width, height } = await sizeOf(bytes);
  const short = Math.min(width, height);
  const scaled = { width: Math.round(resize * width / short), height: Math.round(resize * height / short) };
  const { data, info } = await upright(bytes).resize({ ...scaled, fit: "fill", kernel: "linear", fastShrinkOnLoad: false }).extract({
    left: Math.floor((scaled.width - crop) / 2),
    top: Math.floor((scaled.height - crop) / 2),
    width: crop,
    height: crop
  }).raw({ depth: "uchar" }).toBuffer({ resolveWithObject: true });
  return rgb(data, info.channels);
}
function rgb(data, channels) {
  if (channels === 3) return data;
  const pixels = data.length / channels;
  const out = new Uint8Array(pixels * 3);
  const step = channels >= 3 ? 1 : 0;
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) out[i * 3 + c] = data[i * channels + c * step];
  return out;
}
async function explained(path, work2) {
  try {
    return await work2();
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === missing) throw new Failure("file-missing", { path });
    throw new Failure("file-unreadable", { path, reason: reason.replace(/^is /, "it is ") });
  }
}
var missing = "is no longer there";
function reasonOf(error) {
  if (error instanceof Unusable) return error.message;
  const code = error instanceof Error && "code" in error ? error.code : null;
  if (code === "ENOENT") return missing;
  if (code === "EACCES" || code === "EPERM") return "may not be read (permission denied)";
  if (code === "EISDIR") return "is a folder";
  const text = error instanceof Error ? error.message : String(error);
  if (/unsupported image format|missing/i.test(text)) return "is not a picture";
  if (/premature|truncat|end of|unexpected eof|short|corrupt jpeg data|not enough/i.test(text)) return "is cut short";
  return "is damaged";
}

// main/engine/dataset/fingerprint.ts
var Line = z.object({
  path: z.string(),
  stamp: z.string(),
  hash: z.string().optional(),
  outline: z.tuple([z.number(), z.number()]).optional()
});
var flat = 2;
async function outlineOf(path) {
  const grey = await decodeGrey(path, 9, 8);
  const halves = [0, 0];
  for (let i = 0; i < 64; i++) {
    const at2 = (i >> 3) * 9 + (i & 7);
    if (grey[at2] + flat < grey[at2 + 1]) halves[i >> 5] = halves[i >> 5] | 1 << (i & 31);
  }
  return [halves[0] >>> 0, halves[1] >>> 0];
}

// main/engine/dataset/parallel.ts
async function inParallel(items, width, work2) {
  let next = 0;
  const worker = async () => {
    while (next < items.length) await work2(items[next++]);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

// main/engine/dataset/health.ts
var distance = (a, b) => bitCount(a[0] ^ b[0]) + bitCount(a[1] ^ b[1]);
function bitCount(bits) {
  let left = bits - (bits >>> 1 & 1431655765);
  left = (left & 858993459) + (left >>> 2 & 858993459);
  return Math.imul(left + (left >>> 4) & 252645135, 16843009) >>> 24;
}

// main/engine/dataset/leaves.ts
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp2 from "sharp";

// shared/random.ts
function mulberry32(seed, i) {
  const a = seed + Math.imul(i, 1831565813) | 0;
  let t2 = Math.imul(a ^ a >>> 15, a | 1);
  t2 ^= t2 + Math.imul(t2 ^ t2 >>> 7, t2 | 61);
  return (t2 ^ t2 >>> 14) >>> 0;
}
function fnv1a32(text) {
  let hash = 2166136261;
  for (const byte of utf8(text)) hash = Math.imul(hash ^ byte, 16777619);
  return hash >>> 0;
}
function seededRandom(...seed) {
  const start = fnv1a32(seed.join("/"));
  let i = 0;
  const next = () => mulberry32(start, ++i) / 2 ** 32;
  const integer = (below) => Math.floor(next() * below);
  return {
    next,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffled(list) {
      const copy = [...list];
      for (let end = copy.length - 1; end > 0; end--) {
        const pick = integer(end + 1);
        const kept = copy[end];
        copy[end] = copy[pick];
        copy[pick] = kept;
      }
      return copy;
    }
  };
}
function* utf8(text) {
  for (const character of text) {
    const code = character.codePointAt(0);
    if (code < 128) yield code;
    else if (code < 2048) yield* [192 | code >> 6, 128 | code & 63];
    else if (code < 65536) yield* [224 | code >> 12, 128 | code >> 6 & 63, 128 | code & 63];
    else yield* [240 | code >> 18, 128 | code >> 12 & 63, 128 | code >> 6 & 63, 128 | code & 63];
  }
}

// main/engine/dataset/journal.ts
import writeFileAtomic from "write-file-atomic";
var codeOf = (error) => error instanceof Error && "code" in error ? String(error.code) : "unknown";
function writeFailure(path, error) {
  const code = codeOf(error);
  if (code === "ENOSPC" || code === "EDQUOT") return new Failure("disk-full", { path });
  const refused = {
    EACCES: "permission denied",
    EPERM: "permission denied",
    EROFS: "the disk is read-only",
    ENOENT: "the folder is missing",
    EIO: "the disk reports an error"
  };
  const reason = refused[code];
  if (reason) return new Failure("not-writable", { path, reason });
  return error instanceof Error ? error : new Error(String(error));
}

// main/engine/dataset/leafScene.ts
function rgbOf({ hue, saturation, lightness }) {
  const chroma = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n2) => {
    const k = (n2 + hue / 30) % 12;
    return lightness - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}
var hex = (colour2) => `#${rgbOf(colour2).map((value) => Math.round(Math.min(1, Math.max(0, value)) * 255).toString(16).padStart(2, "0")).join("")}`;
var between = (random, low, high) => low + (high - low) * random.next();
var colour = (hue, saturation, lightness) => ({ hue: (hue + 360) % 360, saturation, lightness });
function noise(random, size, { id, frequency, colour: tint, contrast, cover }) {
  const [r, g, b] = rgbOf(tint);
  const alpha = `${contrast} 0 0 0 ${-contrast * (1 - cover)}`;
  return `<filter id="${id}" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB"><feTurbulence type="fractalNoise" baseFrequency="${frequency}" numOctaves="3" seed="${random.integer(9999)}"/><feColorMatrix values="0 0 0 0 ${r} 0 0 0 0 ${g} 0 0 0 0 ${b} ${alpha}"/></filter><rect width="${size}" height="${size}" filter="url(#${id})"/>`;
}
var ground = (size, fill2) => `<rect width="${size}" height="${size}" fill="${hex(fill2)}"/>`;
function soil(random, size) {
  const base = colour(between(random, 18, 38), between(random, 0.2, 0.4), between(random, 0.18, 0.36));
  return ground(size, base) + noise(random, size, { id: "a", frequency: "0.06", colour: { ...base, lightness: base.lightness * 0.45 }, contrast: 3, cover: 0.5 }) + noise(random, size, { id: "b", frequency: "0.35", colour: { ...base, lightness: base.lightness * 1.7 }, contrast: 4, cover: 0.42 });
}
function stone(random, size) {
  const base = colour(between(random, 20, 230), between(random, 0.02, 0.12), between(random, 0.4, 0.72));
  return ground(size, base) + noise(random, size, { id: "a", frequency: "0.025", colour: { ...base, lightness: base.lightness * 0.7 }, contrast: 3, cover: 0.5 }) + noise(random, size, { id: "b", frequency: "0.6", colour: { ...base, lightness: base.lightness * 0.5 }, contrast: 4, cover: 0.38 });
}
function wood(random, size) {
  const base = colour(between(random, 18, 36), between(random, 0.25, 0.5), between(random, 0.35, 0.65));
  const along = between(random, 4e-3, 0.012).toFixed(4);
  return `<g transform="rotate(${random.next() < 0.5 ? 0 : 90} ${size / 2} ${size / 2})">${ground(size, base)}` + noise(random, size, { id: "a", frequency: `${along} 0.12`, colour: { ...base, lightness: base.lightness * 0.55 }, contrast: 3, cover: 0.48 }) + noise(random, size, { id: "b", frequency: `${along} 0.5`, colour: { ...base, lightness: base.lightness * 1.25 }, contrast: 2, cover: 0.45 }) + "</g>";
}
function grass(random, size) {
  const hue = between(random, 70, 125);
  const dark = colour(hue, between(random, 0.3, 0.5), between(random, 0.1, 0.2));
  const blades = Array.from({ length: 150 }, () => blade(random, size, hue)).join("");
  return ground(size, dark) + noise(random, size, { id: "a", frequency: "0.08", colour: { ...dark, lightness: 0.3 }, contrast: 3, cover: 0.45 }) + blades;
}
function blade(random, size, hue) {
  const x = between(random, -0.1, 1.1) * size;
  const y = between(random, 0, 1.2) * size;
  const lean = between(random, -0.22, 0.22) * size;
  const height = between(random, 0.15, 0.42) * size;
  const tint = colour(hue + between(random, -22, 12), between(random, 0.3, 0.6), between(random, 0.18, 0.5));
  const wide = between(random, 6e-3, 0.02) * size;
  return `<path d="M${x - wide} ${y}Q${x + lean * 0.2} ${y - height * 0.6} ${x + lean} ${y - height}Q${x + lean * 0.3 + wide} ${y - height * 0.5} ${x + wide} ${y}Z" fill="${hex(tint)}"/>`;
}
function unsharp(random, size) {
  const hue = between(random, 0, 360);
  const blobs = Array.from({ length: 14 }, () => {
    const tint = colour(hue + between(random, -60, 60), between(random, 0.1, 0.55), between(random, 0.2, 0.8));
    const radius = between(random, 0.08, 0.35) * size;
    return `<circle cx="${random.next() * size}" cy="${random.next() * size}" r="${radius}" fill="${hex(tint)}" opacity="0.7"/>`;
  }).join("");
  return `<filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${size * 0.06}"/></filter>${ground(size, colour(hue, 0.25, between(random, 0.25, 0.6)))}<g filter="url(#soft)">${blobs}</g>`;
}
var grounds = [soil, stone, wood, grass, unsharp];
var background = (random, size) => grounds[random.integer(grounds.length)](random, size);
function leafColour(random) {
  const season = random.next();
  if (season < 0.6) return colour(between(random, 72, 130), between(random, 0.32, 0.65), between(random, 0.26, 0.46));
  if (season < 0.85) return colour(between(random, 40, 66), between(random, 0.5, 0.8), between(random, 0.38, 0.55));
  return colour(between(random, 8, 34), between(random, 0.45, 0.7), between(random, 0.3, 0.46));
}
function light(random, size) {
  const angle = random.integer(360);
  const bright = between(random, 0.05, 0.3).toFixed(2);
  const dim = between(random, 0.05, 0.42).toFixed(2);
  return `<linearGradient id="light" gradientTransform="rotate(${angle} 0.5 0.5)"><stop offset="0" stop-color="#fff6dd" stop-opacity="${bright}"/><stop offset="0.5" stop-color="#fff6dd" stop-opacity="0"/><stop offset="1" stop-color="#0b1226" stop-opacity="${dim}"/></linearGradient><rect width="${size}" height="${size}" fill="url(#light)"/>`;
}

// main/engine/dataset/leafShapes.ts
var leafKinds = ["Birch", "Maple", "Willow"];
function leafShape(kind, random) {
  switch (kind) {
    case "Birch":
      return birch(random);
    case "Maple":
      return maple(random);
    case "Willow":
      return willow(random);
  }
}
var between2 = (random, low, high) => low + (high - low) * random.next();
function birch(random) {
  const width = between2(random, 0.3, 0.4);
  const belly = between2(random, 0.62, 0.78);
  return bladeShape(random, {
    halfWidth: (t2) => width * Math.sin(Math.PI * t2 ** belly) ** 0.85 * (1 - 0.25 * t2 ** 3),
    curve: between2(random, -0.1, 0.1),
    teeth: 9 + random.integer(5),
    toothDepth: between2(random, 0.045, 0.075),
    veinPairs: 5 + random.integer(3),
    veinReach: 0.16
  });
}
function willow(random) {
  const width = between2(random, 0.085, 0.13);
  const belly = between2(random, 0.75, 1);
  return bladeShape(random, {
    halfWidth: (t2) => width * Math.sin(Math.PI * t2 ** belly) ** 0.9,
    curve: between2(random, -0.3, 0.3),
    teeth: 18,
    toothDepth: between2(random, 3e-3, 8e-3),
    veinPairs: 9 + random.integer(4),
    veinReach: 0.07
  });
}
function bladeShape(random, blade2) {
  const uneven = [between2(random, 0.92, 1.08), between2(random, 0.92, 1.08)];
  const rib = (t2) => ({ x: blade2.curve * (t2 - t2 * t2) * 1.6, y: -t2 });
  const edge = (t2, side, more = 0) => {
    const middle = rib(t2);
    const half = blade2.halfWidth(t2, side) * uneven[side < 0 ? 0 : 1];
    return { x: middle.x + side * (half + more), y: middle.y - more * 0.6 };
  };
  const sideOf = (side) => {
    const points = [];
    for (let i = 0; i < blade2.teeth; i++) {
      const start = i / blade2.teeth;
      const depth = blade2.toothDepth * between2(random, 0.6, 1.2) * Math.sin(Math.PI * (start + 0.04));
      points.push(edge(start + 0.02, side));
      points.push(edge(start + 0.35 / blade2.teeth, side, depth * 0.35));
      points.push(edge(start + 0.72 / blade2.teeth, side, Math.max(0, depth)));
      points.push(edge(start + 0.86 / blade2.teeth, side, -depth * 0.15));
    }
    return points;
  };
  const veins = [{ from: rib(0), bend: rib(0.5), to: rib(0.98), width: 0.02 }];
  for (let i = 0; i < blade2.veinPairs; i++) {
    for (const side of [-1, 1]) {
      const t2 = 0.06 + 0.74 * (i + between2(random, 0, 0.3)) / blade2.veinPairs;
      const end = Math.min(0.97, t2 + blade2.veinReach);
      const tip = edge(end, side, -0.015);
      const from = rib(t2);
      const bend = { x: from.x + (tip.x - from.x) * 0.55, y: from.y + (tip.y - from.y) * 0.38 };
      veins.push({ from, bend, to: tip, width: 8e-3 });
    }
  }
  const outline = [rib(0), ...sideOf(1), rib(1), ...sideOf(-1).reverse()];
  return { outline, veins, stalk: { x: between2(random, -0.06, 0.06), y: between2(random, 0.16, 0.3) } };
}
function maple(random) {
  const spread = between2(random, 0.92, 1.08);
  const valley = between2(random, 0.44, 0.54);
  const lobes = [
    { angle: -1.98 * spread, length: between2(random, 0.42, 0.52), breadth: 0.2 },
    { angle: -0.98 * spread, length: between2(random, 0.78, 0.9), breadth: 0.27 },
    { angle: between2(random, -0.06, 0.06), length: between2(random, 0.95, 1.02), breadth: 0.27 },
    { angle: 0.98 * spread, length: between2(random, 0.78, 0.9), breadth: 0.27 },
    { angle: 1.98 * spread, length: between2(random, 0.42, 0.52), breadth: 0.2 }
  ];
  const polar = (angle, radius) => ({ x: Math.sin(angle) * radius, y: -Math.cos(angle) * radius });
  const outline = [{ x: 0, y: 0 }];
  const veins = [];
  lobes.forEach(({ angle, length, breadth }, i) => {
    const jitter = () => between2(random, -0.02, 0.02);
    const tooth = between2(random, 0.66, 0.74);
    const before = lobes[i - 1];
    if (before) outline.push(polar((angle + before.angle) / 2 + jitter(), valley * Math.min(1, length + 0.25)));
    else outline.push(polar(angle - 0.42, length * 0.55));
    outline.push(polar(angle - breadth * 0.62, length * 0.56));
    outline.push(polar(angle - breadth * 1.08, length * (tooth + 0.06) + jitter()));
    outline.push(polar(angle - breadth * 0.42, length * (tooth + 0.04)));
    outline.push(polar(angle - breadth * 0.36, length * 0.87 + jitter()));
    outline.push(polar(angle - breadth * 0.16, length * 0.86));
    outline.push(polar(angle + jitter(), length));
    outline.push(polar(angle + breadth * 0.16, length * 0.86));
    outline.push(polar(angle + breadth * 0.36, length * 0.87 + jitter()));
    outline.push(polar(angle + breadth * 0.42, length * (tooth + 0.04)));
    outline.push(polar(angle + breadth * 1.08, length * (tooth + 0.06) + jitter()));
    outline.push(polar(angle + breadth * 0.62, length * 0.56));
    if (i === lobes.length - 1) outline.push(polar(angle + 0.42, length * 0.55));
    const main = { from: { x: 0, y: 0 }, bend: polar(angle * 0.97, length * 0.5), to: polar(angle, length * 0.94), width: 0.017 };
    if (i === 2) veins.unshift(main);
    else veins.push(main);
    for (const side of [-1, 1])
      for (const at2 of [0.42, 0.62]) {
        const to = polar(angle + side * breadth * 0.8, length * (at2 + 0.16));
        veins.push({ from: polar(angle, length * at2), bend: polar(angle + side * breadth * 0.3, length * (at2 + 0.05)), to, width: 8e-3 });
      }
  });
  const small = ({ x, y }) => ({ x: x * 0.82, y: y * 0.82 });
  return {
    outline: outline.map(small),
    veins: veins.map((vein) => ({ ...vein, from: small(vein.from), bend: small(vein.bend), to: small(vein.to) })),
    stalk: { x: between2(random, -0.15, 0.15), y: between2(random, 0.3, 0.45) }
  };
}

// main/engine/dataset/leaves.ts
async function drawLeaves(folder, options = {}) {
  const { seed = "leaves", perClass = 60, size = 160, onProgress } = options;
  const wanted = leafKinds.flatMap((kind) => Array.from({ length: perClass }, (_, i) => ({ kind, number: i + 1 })));
  let done = 0;
  try {
    for (const kind of leafKinds) await mkdir(join(folder, kind), { recursive: true });
    await inParallel(wanted, 2, async ({ kind, number }) => {
      const path = join(folder, kind, `leaf-${String(number).padStart(3, "0")}.jpg`);
      await writeFile(path, await drawLeaf({ kind, size, random: seededRandom(seed, kind, number) }));
      onProgress?.(++done, wanted.length);
    });
  } catch (error) {
    throw writeFailure(folder, error);
  }
  return { pictures: wanted.length };
}
var drawLeaf = (drawing) => sharp2(Buffer.from(leafPicture(drawing))).flatten({ background: "#777" }).jpeg({ quality: 88 }).toBuffer();
function leafPicture({ kind, size, random }) {
  const ground2 = background(random, size);
  const shape = leafShape(kind, random);
  const pieces = leafPieces(shape, random);
  const length = size * between(random, 0.62, 0.86);
  const turn = between(random, -180, 180);
  const skew = between(random, -14, 14);
  const squash = between(random, 0.86, 1.06);
  const spot = () => size * between(random, 0.42, 0.58);
  const place = `translate(${spot()} ${spot()}) rotate(${turn}) skewX(${skew}) scale(${length * squash} ${length}) translate(0 ${centreOf(shape)})`;
  const drop = size * between(random, 8e-3, 0.03);
  const shadow = between(random, 0.25, 0.6).toFixed(2);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${ground2}<filter id="shadow" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${drop * 0.9}"/></filter><g filter="url(#shadow)" opacity="${shadow}" transform="translate(${drop} ${drop * 1.2})"><g transform="${place}">${pieces.silhouette}</g></g><g transform="${place}">${pieces.leaf}</g>${light(random, size)}</svg>`;
}
var centreOf = ({ outline }) => {
  const ys = outline.map((point) => point.y);
  return -(Math.min(...ys) + Math.max(...ys)) / 2;
};
function leafPieces(shape, random) {
  const base = leafColour(random);
  const lighter = shaded(base, between(random, 1.12, 1.35));
  const darker = shaded(base, between(random, 0.66, 0.85));
  const vein = shaded(base, random.next() < 0.7 ? between(random, 1.35, 1.7) : between(random, 0.5, 0.7));
  const outline = pathOf(shape.outline);
  const stalk = `M0 0Q${shape.stalk.x * 0.2} ${shape.stalk.y * 0.6} ${shape.stalk.x} ${shape.stalk.y}`;
  const veins = shape.veins.map(({ from, bend, to, width }) => `<path d="M${at(from)}Q${at(bend)} ${at(to)}" stroke-width="${width}"/>`).join("");
  const rib = shape.veins[0];
  const half = `<path d="M${at(rib.from)}Q${at(rib.bend)} ${at(rib.to)}L1.2 -1.2L1.2 0.4L0 0.4Z" fill="#000" opacity="${between(random, 0.04, 0.2)}"/>`;
  const silhouette = `<path d="${outline}"/><path d="${stalk}" fill="none" stroke="#000" stroke-width="0.025"/>`;
  const leaf = `<linearGradient id="blade" x1="${random.next()}" y1="0" x2="${random.next()}" y2="1"><stop offset="0" stop-color="${hex(lighter)}"/><stop offset="1" stop-color="${hex(darker)}"/></linearGradient><clipPath id="inside"><path d="${outline}"/></clipPath><path d="${stalk}" fill="none" stroke="${hex(darker)}" stroke-width="0.028" stroke-linecap="round"/><path d="${outline}" fill="url(#blade)" stroke="${hex(shaded(darker, 0.75))}" stroke-width="0.008" stroke-linejoin="round"/><g clip-path="url(#inside)">${spots(random, base)}${half}<g fill="none" stroke="${hex(vein)}" stroke-linecap="round" opacity="0.8">${veins}</g></g>`;
  return { silhouette, leaf };
}
function spots(random, base) {
  const count = random.next() < 0.4 ? 0 : random.integer(22);
  return Array.from({ length: count }, () => {
    const brown = { hue: between(random, 15, 40), saturation: 0.4, lightness: base.lightness * between(random, 0.4, 0.9) };
    const x = between(random, -0.5, 0.5);
    const y = between(random, -1, 0.05);
    return `<ellipse cx="${x}" cy="${y}" rx="${between(random, 6e-3, 0.035)}" ry="${between(random, 6e-3, 0.03)}" fill="${hex(brown)}" opacity="0.6"/>`;
  }).join("");
}
var shaded = (colour2, factor) => ({ ...colour2, lightness: Math.min(0.88, colour2.lightness * factor) });
var at = ({ x, y }) => `${x.toFixed(4)} ${y.toFixed(4)}`;
var pathOf = (points) => `M${points.map(at).join("L")}Z`;

// .try-dataset.mts
import sharp3 from "sharp";
import { readdirSync } from "fs";
var dir = "/work/shared/data/ants-bees/";
var files = ["train/ants", "train/bees", "val/ants", "val/bees"].flatMap((d) => readdirSync(dir + d).map((f) => dir + d + "/" + f));
var o = [];
var bad = 0;
var n = 0;
var ti = Date.now();
var problems = [];
for (const f of files) {
  const r = await inspectPicture(f);
  if (r.problem) problems.push([f, r.problem]);
}
console.log("inspect ms each", (Date.now() - ti) / files.length, problems);
for (const f of files) {
  if (problems.some((p) => p[0] === f)) continue;
  o.push([f, await outlineOf(f)]);
}
for (const [f, a] of o.slice(0, 60)) {
  await sharp3(f).resize(200).jpeg({ quality: 70 }).toFile("/tmp/near.jpg");
  n++;
  if (distance(a, await outlineOf("/tmp/near.jpg")) > 6) bad++;
}
var pairs = [];
for (let i = 0; i < o.length; i++) for (let j = 0; j < i; j++) {
  const d = distance(o[i][1], o[j][1]);
  if (d <= 6) pairs.push([d, o[i][0].slice(30), o[j][0].slice(30)]);
}
console.log("missed", bad, "of", n, "pairs", pairs);
var t = Date.now();
var q = 0;
var work = async () => {
  while (q < files.length) {
    await decodeSquare(files[q++], { resize: 256, crop: 224 }).catch(() => {
    });
  }
};
await Promise.all([work(), work(), work(), work()]);
console.log("decode ms/picture, 4 at once", (Date.now() - t) / files.length, "rss MB", process.memoryUsage().rss / 1e6);
t = Date.now();
await drawLeaves("/tmp/leavestry", {});
console.log("leaves ms", Date.now() - t);
var tiles = [];
for (let n2 = 1; n2 <= 7; n2++) tiles.push({ input: `/tmp/leavestry/Maple/leaf-00${n2}.jpg`, left: (n2 - 1) * 160, top: 0 });
await sharp3({ create: { width: 1120, height: 160, channels: 3, background: "#000" } }).composite(tiles).png().toFile("/tmp/sheet.png");
var names = ["ants-10308379_1b6c72e180", "ants-8124241_36b290d372", "bees-1032546534_06907fe3b3", "bees-54736755_c057723f64"];
for (const nm of names) {
  const w = await sharp3(`/work/shared/golden/photos/val-${nm}.png`).removeAlpha().raw().toBuffer();
  const g = await decodeSquare(`${dir}val/${nm.slice(0, 4)}/${nm.slice(5)}.jpg`, { resize: 256, crop: 224 });
  let s = 0, m = 0;
  w.forEach((v, i) => {
    const d = Math.abs(v - g[i]);
    s += d;
    m = Math.max(m, d);
  });
  console.log(nm, s / w.length, m);
}
