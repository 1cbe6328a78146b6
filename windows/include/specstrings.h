/* SPDX-License-Identifier: BSD-2-Clause */
/* Copyright (C) 2026 The whither authors */

/*
 * Source annotations of the old form: all of them expand to nothing. Those that begin with __in or
 * __out are left out for C++, whose library has parameters of these names.
 */
#ifndef WHITHER_SPECSTRINGS_H
#define WHITHER_SPECSTRINGS_H

#define __analysis_assume(...) ((void)0)
#define __analysis_noreturn(...)
#define __annotation(...) ((void)0)
#define __assume_bound(...) ((void)0)
#define __data_entrypoint(...)
#define __blocksOn(...)
#define __byte_readableTo(...)
#define __byte_writableTo(...)
#define __callback
#define __callback_entry
#define __checkReturn
#define __control_entrypoint(...)
#define __kernel_entry
#define __field_bcount(...)
#define __field_bcount_opt(...)
#define __field_bcount_part(...)
#define __field_ecount(...)
#define __field_ecount_opt(...)
#define __field_ecount_part(...)
#define __elem_readableTo(...)
#define __elem_writableTo(...)
#define __maybenull
#define __format_string
#define __format_string_arg(...)
#define __notnull
#define __notvalid
#define __override
#define __post
#define __deref
#define __inner_checkReturn(...)
#define __refparam
#define __reserved
#define __struct_bcount(...)
#define __typefix(...)
#define __nullnullterminated
#define __nullterminated
#define __exceptthat

/* The C++ library has parameters of these names: whither-cc asks for them where none of it is used. */
#if !defined(__cplusplus) || defined(WHITHER_OLD_ANNOTATIONS)
#define __pre
#define __range(...)
#define __success(...)
#define __valid
#define __in
#define __in_bcount(...)
#define __in_bcount_full(...)
#define __in_bcount_opt(...)
#define __in_bcount_part(...)
#define __in_bcount_part_opt(...)
#define __in_ecount(...)
#define __in_ecount_full(...)
#define __in_ecount_opt(...)
#define __in_ecount_part(...)
#define __in_ecount_part_opt(...)
#define __in_ecount_z(...)
#define __in_ecount_z_opt(...)
#define __in_opt
#define __in_opt_z
#define __out
#define __inout
#define __out_bcount(...)
#define __inout_bcount(...)
#define __out_bcount_full(...)
#define __inout_bcount_full(...)
#define __out_bcount_opt(...)
#define __inout_bcount_opt(...)
#define __out_bcount_part(...)
#define __inout_bcount_part(...)
#define __out_bcount_part_opt(...)
#define __inout_bcount_part_opt(...)
#define __out_ecount(...)
#define __inout_ecount(...)
#define __out_ecount_full(...)
#define __inout_ecount_full(...)
#define __out_ecount_opt(...)
#define __inout_ecount_opt(...)
#define __out_ecount_part(...)
#define __inout_ecount_part(...)
#define __out_ecount_part_opt(...)
#define __inout_ecount_part_opt(...)
#define __out_ecount_z(...)
#define __inout_ecount_z(...)
#define __out_ecount_z_opt(...)
#define __inout_ecount_z_opt(...)
#define __out_opt
#define __inout_opt
#define __inout_z
#define __deref_inout
#define __deref_opt_out
#define __deref_opt_out_opt
#define __deref_out
#define __deref_out_bcount(...)
#define __deref_out_bcount_full(...)
#define __deref_out_bcount_opt(...)
#define __deref_out_bcount_part(...)
#define __deref_out_bcount_part_opt(...)
#define __deref_out_ecount(...)
#define __deref_out_ecount_full(...)
#define __deref_out_ecount_opt(...)
#define __deref_out_ecount_part(...)
#define __deref_out_ecount_part_opt(...)
#define __deref_out_ecount_z(...)
#define __deref_out_ecount_z_opt(...)
#define __deref_out_opt
#define __deref_out_z
#define __nullterminated_in
#define __in_z
#endif

#endif
