/** What the lifelines need of a drawing surface; in CSS pixels. Tests record the calls; another surface could come. */
export interface Renderer {
  /** Begins a frame on an empty surface. */
  begin(width: number, height: number): void;
  rectangle(x: number, y: number, width: number, height: number, colour: string): void;
  /** Only its border, one pixel wide, inside the box. */
  outline(x: number, y: number, width: number, height: number, colour: string): void;
  line(x1: number, y1: number, x2: number, y2: number, colour: string, width: number, dash?: readonly number[]): void;
  /** A filled polygon through points x1, y1, x2, y2, ... */
  shape(points: readonly number[], colour: string): void;
  text(text: string, x: number, y: number, colour: string, align: 'left' | 'right'): void;
  textWidth(text: string): number;
}

/** Draws on a canvas at the device's resolution. Resize and pixel ratio are handled here only. */
export function createCanvasRenderer(canvas: HTMLCanvasElement, font: () => string): Renderer {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no 2D canvas.');
  return {
    begin(width, height) {
      const ratio = window.devicePixelRatio || 1;
      const [deviceWidth, deviceHeight] = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
      if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
        canvas.width = deviceWidth;
        canvas.height = deviceHeight;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, width, height);
      context.font = font();
      context.textBaseline = 'middle';
    },
    rectangle(x, y, width, height, colour) {
      context.fillStyle = colour;
      context.fillRect(x, y, width, height);
    },
    outline(x, y, width, height, colour) {
      context.strokeStyle = colour;
      context.lineWidth = 1;
      context.setLineDash([]);
      context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    },
    line(x1, y1, x2, y2, colour, width, dash = []) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.setLineDash(dash as number[]);
      context.beginPath();
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
      context.stroke();
    },
    shape(points, colour) {
      context.fillStyle = colour;
      context.beginPath();
      for (let i = 0; i + 1 < points.length; i += 2) context.lineTo(points[i]!, points[i + 1]!);
      context.closePath();
      context.fill();
    },
    text(text, x, y, colour, align) {
      context.fillStyle = colour;
      context.textAlign = align;
      context.fillText(text, x, y);
    },
    textWidth: (text) => context.measureText(text).width,
  };
}
