// SPDX-License-Identifier: BSD-2-Clause
// Copyright (C) 2026 The whither authors

// go_client ADDRESS: says hello and prints the answer. Without libc: Go makes its system calls itself.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

func main() {
	connection, err := net.Dial("tcp", os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Fprint(connection, "hello")
	connection.(*net.TCPConn).CloseWrite()
	answer, _ := io.ReadAll(connection)
	fmt.Println(string(answer))
}
