// SPDX-License-Identifier: BSD-2-Clause
// Copyright (C) 2026 The whither authors

// query_go ADDRESS PORT: tells each client where it was going. One getsockopt(), made as a raw system
// call: no library, no cgo.
package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"syscall"
	"unsafe"
)

const (
	solWhither    = 0x5746
	whitherOrigin = 72
)

// The machine's byte order: of all numbers in struct whither_origin but ports.
var native = func() binary.ByteOrder {
	one := uint16(1)
	if *(*byte)(unsafe.Pointer(&one)) == 1 {
		return binary.LittleEndian
	}
	return binary.BigEndian
}()

// option asks a connection; the answer, or the errno.
func option(client *net.TCPConn, name uintptr) (answer []byte, err error) {
	raw, err := client.SyscallConn()
	if err != nil {
		return nil, err
	}
	buffer, size := make([]byte, 1024), uint32(1024)
	var errno syscall.Errno
	err = raw.Control(func(fd uintptr) {
		_, _, errno = syscall.RawSyscall6(syscall.SYS_GETSOCKOPT, fd, solWhither, name,
			uintptr(unsafe.Pointer(&buffer[0])), uintptr(unsafe.Pointer(&size)), 0)
	})
	if err == nil && errno != 0 {
		err = errno
	}
	return buffer[:size], err
}

func describe(origin []byte) string {
	host := net.IP(origin[12:16])
	if native.Uint16(origin[8:]) == syscall.AF_INET6 {
		host = net.IP(origin[16:32])
	}
	name, _, _ := bytes.Cut(origin[136:152], []byte{0})
	return fmt.Sprintf("%s (pid %d, uid %d) to %s port %d\n", name, native.Uint32(origin[64:]),
		native.Uint32(origin[68:]), host, binary.BigEndian.Uint16(origin[10:]))
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: query_go ADDRESS PORT")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(os.Args[1], os.Args[2]))
	for err == nil {
		var client net.Conn
		if client, err = listener.Accept(); err != nil {
			break
		}
		text := ""
		if origin, failure := option(client.(*net.TCPConn), whitherOrigin); failure == nil {
			text = describe(origin)
		} else { // ENOENT: whoever connected meant this very address
			text = fmt.Sprintf("not redirected: %v\n", failure)
		}
		fmt.Print(text)
		fmt.Fprint(client, text)
		client.Close()
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
