// The camera: starts, shows its picture, and returns the text of the first code that can be read.
import { middle, pixels, prepare, textIn } from "./reader.js";

const WANTED = { audio: false, video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } } };
const LONGEST_SIDE = 1280;
const PAUSE = 60;
/** The reason why there is no picture, by the name of the error (Media Capture and Streams, 10). */
const REASONS = {
  NotAllowedError: "refused",
  SecurityError: "refused",
  NotFoundError: "none",
  OverconstrainedError: "none",
  NotReadableError: "busy",
  AbortError: "busy",
};

/** The camera cannot be used; `reason` is refused, none, busy or unable. */
export class NoCamera extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Films into a video element until `stop`. */
export class Camera {
  constructor(video) {
    this.video = video;
    this.stream = null;
    this.canvas = document.createElement("canvas");
  }

  get isOn() {
    return this.stream !== null;
  }

  /** Start filming. Throws NoCamera. */
  async start() {
    if (!navigator.mediaDevices?.getUserMedia) {
      throw new NoCamera("none");
    }
    try {
      const [stream] = await Promise.all([navigator.mediaDevices.getUserMedia(WANTED), prepare()]);
      this.stream = stream;
      this.video.srcObject = stream;
      await this.video.play();
    } catch (error) {
      this.stop();
      throw new NoCamera(REASONS[error.name] ?? "unable");
    }
  }

  /** Return the text of the first code in view, or null once stopped. Scans the whole frame, then its middle. */
  async read() {
    const { stream } = this;
    for (let turn = 0; this.isOn && this.stream === stream; turn += 1) {
      if (this.video.videoWidth) {
        const look = turn % 2 ? middle : pixels;
        const text = await textIn(look(this.video, LONGEST_SIDE, this.canvas));
        if (text && this.stream === stream) {
          return text;
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
    return null;
  }

  /** Release the camera: its light goes out. */
  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }
}
