#!/usr/bin/env node
// SPDX-License-Identifier: BSD-2-Clause
// Copyright (C) 2026 The whither authors

// query_node.js ADDRESS PORT: tells each client where it was going. Node has no getsockopt(): it hands
// the socket to "whither query" as its standard input. $WHITHER names another whither.
'use strict';

const net = require('net');
const {spawn} = require('child_process');

function query(socket, done) {
  const child = spawn(process.env.WHITHER || 'whither', ['query', '--json'],
    {stdio: [socket, 'pipe', 'pipe']});
  let text = '', complaint = '';
  child.stdout.on('data', (part) => { text += part; });
  child.stderr.on('data', (part) => { complaint += part; });
  child.on('error', (error) => { complaint = error.message; });
  child.on('close', (status) => {
    if (status !== 0) return done(new Error(complaint.trim()));
    done(null, JSON.parse(text));
  });
}

const [address, port] = process.argv.slice(2);
if (!port) {
  console.error('usage: query_node.js ADDRESS PORT');
  process.exit(2);
}
// Nothing may be read from the socket before it is handed on.
net.createServer({pauseOnConnect: true}, (socket) => {
  socket.on('error', () => {}); // gone
  query(socket, (error, {origin, destination} = {}) => {
    const text = error ? `not redirected: ${error.message}\n`
      : `${origin.comm} (pid ${origin.pid}, uid ${origin.uid}) to ${destination.address} ` +
        `port ${destination.port}\n`;
    process.stdout.write(text);
    socket.end(text);
    socket.resume();
  });
}).listen({host: address, port: Number(port)});
