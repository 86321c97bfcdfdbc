import sharp from 'sharp';

/** A recorder's screen: nine cameras behind a dialog; each seed another picture. */
export function drawScreen(resolution: string, title: string, seed: number): Promise<Uint8Array> {
  const [width = 1280, height = 720] = resolution.split('x').map(Number);
  const tiles = Array.from({ length: 9 }, (_, index) => {
    const hue = (seed * 29 + index * 40) % 360;
    const x = (index % 3) * (width / 3);
    const y = Math.floor(index / 3) * (height / 3);
    return `<rect x="${x}" y="${y}" width="${width / 3 - 2}" height="${height / 3 - 2}" fill="hsl(${hue} 18% 22%)"/><circle cx="${x + ((seed * 17 + index * 71) % 380)}" cy="${y + 140}" r="34" fill="hsl(${hue} 24% 40%)"/><text x="${x + 14}" y="${y + 30}" fill="#ddd" font-size="17" font-family="sans-serif">Camera ${index + 1}  2026-11-23 02:${String((seed * 7) % 60).padStart(2, '0')}</text>`;
  });
  const x = width / 2 - 260;
  const y = height / 2 - 170;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="#0b0f14"/>${tiles.join('')}<rect x="${x}" y="${y}" width="520" height="340" fill="#26303c" stroke="#4d5c6d"/><rect x="${x}" y="${y}" width="520" height="42" fill="#33414f"/><text x="${x + 18}" y="${y + 28}" fill="#fff" font-size="19" font-family="sans-serif">${title}</text><rect x="${x + 60}" y="${y + 90}" width="400" height="38" fill="#12181f" stroke="#62758a"/><text x="${x + 74}" y="${y + 115}" fill="#b9c6d3" font-size="17" font-family="sans-serif">r***@lab.example</text><rect x="${x + 60}" y="${y + 150}" width="400" height="38" fill="#12181f" stroke="#62758a"/><rect x="${x + 270}" y="${y + 270}" width="90" height="40" fill="#b33a2c"/><text x="${x + 300}" y="${y + 296}" fill="#fff" font-size="17" font-family="sans-serif">OK</text><rect x="${x + 374}" y="${y + 270}" width="90" height="40" fill="#4a5866"/><text x="${x + 392}" y="${y + 296}" fill="#fff" font-size="17" font-family="sans-serif">Cancel</text></svg>`;
  return sharp(Buffer.from(svg)).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
}

/** Something that looks like a QR; it decodes to nothing. */
export function drawCode(seed: number): Promise<Uint8Array> {
  const cells = Array.from({ length: 41 * 41 }, (_, index) => ((index * 2654435761 + seed) >>> 7) % 2);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="180" height="180"><rect width="180" height="180" fill="#fff"/>${cells.map((on, index) => (on ? `<rect x="${8 + (index % 41) * 4}" y="${8 + Math.floor(index / 41) * 4}" width="4" height="4"/>` : '')).join('')}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
