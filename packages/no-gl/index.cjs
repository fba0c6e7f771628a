// gpu.js asks for headless-gl and does without when it cannot be loaded.
throw new Error("headless-gl is not installed: npm install --no-save gl@8.1.6");
